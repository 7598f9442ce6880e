package upstream

import (
	"context"
	"errors"
	"math"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// A Comparison says how the WAL of the data directory relates to the upstream's.
// The zero Comparison is not known.
type Comparison struct {
	Kind   plan.Relation
	Fork   pg.LSN // where the data left the upstream's history
	Excess int64  // bytes of WAL after the fork; 0 is unknown
}

// Compare compares data that is of the upstream's cluster with the upstream, once.
// Where that fails it logs why, and the plan decides what follows from not knowing.
// Ask or Await is to be called first.
func (u *Upstream) Compare(ctx context.Context, data pg.DataDir) Comparison {
	server := u.answer.server
	alike := server != nil && data.Contents == pg.Cluster && data.SystemID == server.SystemID && data.Major == server.Major
	switch {
	case u.answer.comparison != nil:
		return *u.answer.comparison
	case !alike:
		return Comparison{}
	}
	limited, cancel := context.WithTimeout(ctx, compareLimit(data))
	defer cancel()
	found, err := u.relate(limited, *server)
	switch {
	case errors.Is(err, errWALGone) && data.Standby:
		u.node.Log.Warn().Err(err).Str("hint", u.walGoneHint()).Msg("this standby cannot stream; starting with the data that is here")
	case err != nil:
		u.node.Log.Warn().Err(err).Msg("could not compare the data with the upstream's")
	default:
		u.node.Log.Debug().Str("relation", string(found.Kind)).Stringer("lsn", found.Fork).Msg("compared the data with the upstream's")
	}
	u.answer.comparison = &found
	return found
}

// Copied says that the data was replaced by a copy of the upstream, so the
// comparison with the old data no longer counts.
func (u *Upstream) Copied() { u.answer.comparison = &Comparison{Kind: plan.Follows} }

// compareLimit is short for a standby, which starts in any case, and long
// enough for a former primary's WAL to be read.
func compareLimit(data pg.DataDir) time.Duration {
	if data.Standby {
		return node.AskLimit
	}
	return node.CompareLimit
}

// relate compares histories first and then, because two servers of one
// timeline may have parted too, the last bytes of WAL.
func (u *Upstream) relate(ctx context.Context, upstream pg.Server) (Comparison, error) {
	control, err := pgctl.ControlData(ctx, u.node.Volume.Dir)
	if err != nil {
		return Comparison{}, err
	}
	local, err := pgdata.TimelineHistory(u.node.Volume.Dir, control.Timeline())
	if err != nil {
		return Comparison{}, err
	}
	remote, err := u.session.TimelineHistory(ctx, upstream.Timeline)
	if err != nil {
		return Comparison{}, err
	}
	kind, common := pg.Fork(local, control.Timeline(), remote, upstream.Timeline)
	switch kind {
	case pg.Descendant:
		return Comparison{Kind: plan.Successor, Fork: common.End}, nil
	case pg.Parted:
		return Comparison{Kind: plan.Diverged, Fork: common.End}, nil
	}
	end, err := pgctl.EndOfWAL(ctx, u.node.Volume.Dir, control)
	if err != nil {
		return Comparison{}, err
	}
	if kind == pg.Ancestor && end > common.End {
		return behindFork(plan.Diverged, common.End, end), nil
	}
	return u.fingerprint(ctx, control, end)
}

// lastBytes of WAL are enough to know whether two servers wrote the same. Where
// they parted is known only from the whole of the last file.
const lastBytes = 256 << 10

// fingerprint compares the end of local WAL with the upstream's.
func (u *Upstream) fingerprint(ctx context.Context, control pgctl.Control, end pg.LSN) (Comparison, error) {
	found, err := u.compareWAL(ctx, control, end, lastBytes)
	if err == nil && found.Match == pg.OtherWAL {
		found, err = u.compareWAL(ctx, control, end, control.SegmentSize)
	}
	if err != nil {
		return Comparison{}, err
	}
	switch found.Match {
	case pg.SameWAL:
		return Comparison{Kind: plan.Follows}, nil
	case pg.OtherWAL:
		return behindFork(plan.Diverged, found.At, end), nil
	case pg.AheadWAL:
		return behindFork(plan.Ahead, found.At, end), nil
	}
	return Comparison{}, errWALGone
}

// errWALGone leaves the relation unknown. A standby starts all the same, because
// its data can still be read.
var errWALGone = errors.New("the primary has removed the WAL that this data ends in")

// walGoneHint does not give up data that an archive may still bring further.
func (u *Upstream) walGoneHint() string {
	if pgconf.Restores(u.node.Volume.Dir, u.args) {
		return "Its restore_command may bring that WAL; only where it does not, copy it anew: " + doctor.CopyAnew
	}
	return "Copy it anew: " + doctor.CopyAnew + " (how much WAL a slot keeps is max_slot_wal_keep_size on the primary)"
}

// compareWAL compares the last bytes of local WAL before end, at most so many.
func (u *Upstream) compareWAL(ctx context.Context, control pgctl.Control, end pg.LSN, most uint64) (pg.WALComparison, error) {
	start, tail, err := pgdata.WALTail(u.node.Volume.Dir, control.Timeline(), end, most, control.SegmentSize)
	if err != nil {
		return pg.WALComparison{}, err
	}
	return u.session.Fingerprint(ctx, control.Timeline(), start, tail, control.SegmentSize)
}

// behindFork is the comparison of data whose WAL ends after the fork.
func behindFork(kind plan.Relation, fork, end pg.LSN) Comparison {
	return Comparison{kind, fork, int64(min(end-min(fork, end), math.MaxInt64))}
}
