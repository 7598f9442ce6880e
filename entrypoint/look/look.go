package look

import (
	"context"
	"errors"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pgdata"
)

// A Depth is how much is looked at.
type Depth int

const (
	Live   Depth = iota // whether the server answers
	Health              // and what it does
	Slots               // and its slots, with who reads from them
	Status              // and what is known of its primary, and old data
	Doctor              // all that can be judged
)

// limits bound everything that a look waits for.
var limits = map[Depth]time.Duration{Live: node.HealthLimit, Health: node.HealthLimit, Slots: node.HealthLimit, Status: node.StatusLimit, Doctor: node.DoctorLimit}

// A gatherer fills in what is seen.
type gatherer struct {
	node  *node.Node
	depth Depth
	seen  doctor.Seen
}

// Gather looks at this container's server, its volume and its upstream, as deep
// as it is told. A server that does not answer is no error but a part of what is
// seen, except where its slots are asked for.
func Gather(ctx context.Context, n *node.Node, depth Depth) (doctor.Seen, error) {
	limited, cancel := context.WithTimeout(ctx, limits[depth])
	defer cancel()
	g := gatherer{node: n, depth: depth, seen: doctor.Seen{Mode: n.Mode, Now: time.Now().UTC(),
		MaxBehind: int64(n.Config.HealthcheckMaxLag), MayBeAlone: !bool(n.Config.HealthcheckRequireStreaming)}}
	if n.Config.MasterServer != "" {
		g.seen.Link = &doctor.Link{Host: n.Config.MasterServer, Address: n.UpstreamAddress(), SlotName: n.Slot}
	}
	err := g.look(limited)
	return g.seen, errors.Join(err, ctx.Err())
}

func (g *gatherer) look(ctx context.Context) error {
	if err := g.volume(); err != nil {
		return err
	}
	if err := g.server(ctx); err != nil {
		return err
	}
	g.upstream(ctx)
	return nil
}

// volume looks at what status and doctor say of the volume.
func (g *gatherer) volume() error {
	switch g.depth {
	case Health:
		g.seen.Files = rejectedFiles(g.node.Record)
	case Status:
		g.seen.Files = rejectedFiles(g.node.Record)
		g.seen.Aside = asideOf(g.node.Volume)
	case Doctor:
		return g.examine()
	}
	return nil
}

// asideOf is the old data on a volume.
func asideOf(volume pgdata.Layout) (all []doctor.OldData) {
	for _, dir := range pgdata.ListAside(volume) {
		old := pgdata.Whole(volume, dir)
		bytes, whole := old.Size(node.CountSoonLimit)
		all = append(all, doctor.OldData{Folders: old, Bytes: bytes, Whole: whole})
	}
	return all
}
