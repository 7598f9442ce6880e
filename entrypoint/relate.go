package entrypoint

import (
	"context"
	"errors"
	"math"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// A relation is how the data directory stands to the upstream: where it left
// the upstream's history, and how much WAL it holds behind that.
type relation struct {
	kind   plan.Relation
	fork   pg.LSN
	excess int64
}

// compare looks once how data of the upstream's cluster stands to it. What
// cannot be found out is not known, and the plan says what follows from that.
func (n *Node) compare(ctx context.Context, data pg.DataDir, upstream *pg.Server) relation {
	alike := upstream != nil && data.Contents == pg.Cluster && data.SystemID == upstream.SystemID && data.Major == upstream.Major
	if n.compared || !alike {
		return n.relation
	}
	n.compared = true
	limited, cancel := context.WithTimeout(ctx, comparePatience(data))
	defer cancel()
	found, err := n.relate(limited, *upstream)
	if errors.Is(err, errWALGone) && data.Standby {
		n.log.Warn().Err(err).Str("hint", walGoneHint).Msg("this standby cannot stream; starting with the data that is here")
		return relation{}
	}
	if err != nil {
		n.log.Warn().Err(err).Msg("could not compare the data with the upstream's")
		return relation{}
	}
	n.log.Debug().Str("relation", string(found.kind)).Stringer("lsn", found.fork).Msg("compared the data with the upstream's")
	n.relation = found
	return found
}

// comparePatience is short for a standby, which starts in any case, and long
// enough for a former primary's WAL to be read.
func comparePatience(data pg.DataDir) time.Duration {
	if data.Standby {
		return glance
	}
	return 2 * time.Minute
}

// relate compares histories first and then, because two servers of one
// timeline may have parted too, the last bytes of WAL.
func (n *Node) relate(ctx context.Context, upstream pg.Server) (relation, error) {
	control, err := pgctl.ControlData(ctx, n.layout.Dir)
	if err != nil {
		return relation{}, err
	}
	local, err := pgdata.TimelineHistory(n.layout.Dir, control.Timeline())
	if err != nil {
		return relation{}, err
	}
	remote, err := n.ask().TimelineHistory(ctx, upstream.Timeline)
	if err != nil {
		return relation{}, err
	}
	kind, common := pg.Fork(local, control.Timeline(), remote, upstream.Timeline)
	switch kind {
	case pg.Descendant:
		return relation{kind: plan.Successor, fork: common.End}, nil
	case pg.Parted:
		return relation{kind: plan.Diverged, fork: common.End}, nil
	}
	end, err := pgctl.EndOfWAL(ctx, n.layout.Dir, control)
	if err != nil {
		return relation{}, err
	}
	if kind == pg.Ancestor && end > common.End {
		return left(plan.Diverged, common.End, end), nil
	}
	return n.fingerprint(ctx, control, end)
}

// A glimpse of the last bytes tells whether two servers went the same way; to
// tell where they parted takes the whole of the last file.
const glimpse = 256 << 10

// fingerprint compares the end of local WAL with the upstream's.
func (n *Node) fingerprint(ctx context.Context, control pgctl.Control, end pg.LSN) (relation, error) {
	found, err := n.compareWAL(ctx, control, end, glimpse)
	if err == nil && found.Match == pg.OtherWAL {
		found, err = n.compareWAL(ctx, control, end, control.SegmentSize)
	}
	if err != nil {
		return relation{}, err
	}
	switch found.Match {
	case pg.SameWAL:
		return relation{kind: plan.Follows}, nil
	case pg.OtherWAL:
		return left(plan.Diverged, found.At, end), nil
	case pg.AheadWAL:
		return left(plan.Ahead, found.At, end), nil
	}
	return relation{}, errWALGone
}

// errWALGone is no relation: without the bytes nobody can tell. A standby
// starts all the same, for its data can still be read.
var errWALGone = errors.New("the primary has removed the WAL that this data ends in")

var walGoneHint = "Copy it anew: " + doctor.CopyAnew + " (how much WAL a slot keeps is max_slot_wal_keep_size on the primary)"

func (n *Node) compareWAL(ctx context.Context, control pgctl.Control, end pg.LSN, most uint64) (pg.WALComparison, error) {
	start, tail, err := pgdata.WALTail(n.layout.Dir, control.Timeline(), end, most, control.SegmentSize)
	if err != nil {
		return pg.WALComparison{}, err
	}
	return n.ask().Fingerprint(ctx, control.Timeline(), start, tail, control.SegmentSize)
}

func left(kind plan.Relation, fork, end pg.LSN) relation {
	return relation{kind, fork, int64(min(end-min(fork, end), math.MaxInt64))}
}
