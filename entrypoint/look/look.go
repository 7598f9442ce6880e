package look

import (
	"context"
	"errors"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pgdata"
)

// A Depth says how much is looked at.
type Depth int

const (
	Live   Depth = iota // whether the server answers
	Health              // what the server does, why it does not stream, and rejected files
	Slots               // what the server does, its slots and who reads from them
	Status              // as Health and Slots, and the upstream, old data and a stopped server
	Doctor              // all that package doctor judges
)

// limits bound how long a look takes.
var limits = map[Depth]time.Duration{Live: node.HealthLimit, Health: node.HealthLimit, Slots: node.HealthLimit, Status: node.StatusLimit, Doctor: node.DoctorLimit}

// A gatherer fills in what is seen in one look.
type gatherer struct {
	node  *node.Node
	depth Depth
	seen  doctor.Seen
}

// Gather looks at this container's server, its volume and its upstream, as deep as
// depth says. A server that does not answer is no error but a part of what is seen,
// except where its slots are asked for.
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
	if err := g.lookAtVolume(); err != nil {
		return err
	}
	if err := g.lookAtServer(ctx); err != nil {
		return err
	}
	g.lookAtUpstream(ctx)
	return nil
}

// lookAtVolume looks at the volume, as far as the depth needs it where a server
// answers.
func (g *gatherer) lookAtVolume() error {
	switch g.depth {
	case Health:
		g.seen.Files = rejectedFiles(g.node.Record)
	case Status:
		g.seen.Files = rejectedFiles(g.node.Record)
		g.seen.Aside = oldData(g.node.Volume)
	case Doctor:
		return g.examine()
	}
	return nil
}

// oldData is the data on a volume that was set aside, with its sizes.
func oldData(volume pgdata.Layout) (all []doctor.OldData) {
	for _, dir := range pgdata.ListAside(volume) {
		old := pgdata.Whole(volume, dir)
		bytes, whole := old.Size(node.CountSoonLimit)
		all = append(all, doctor.OldData{Folders: old, Bytes: bytes, Whole: whole})
	}
	return all
}
