package upstream

import (
	"context"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgsql"
)

// WhyNot says why a standby does not stream: that its primary does not answer, or
// no longer has the WAL that the standby needs next. It is nil where the primary
// knows of no reason. An answer counts for node.WhyNotAgain, for later checks too.
func (u *Upstream) WhyNot(ctx context.Context, here pg.Health) *pg.Fault {
	if !u.node.MayAsk() {
		return nil
	}
	if known, fresh := node.RecallWhyNot(); fresh {
		return known
	}
	why := u.AskWhyNot(ctx, here)
	node.KeepWhyNot(why)
	return why
}

// AskWhyNot asks the primary, whatever an earlier check has found.
func (u *Upstream) AskWhyNot(ctx context.Context, here pg.Health) *pg.Fault {
	limited, cancel := context.WithTimeout(ctx, node.WhyNotLimit)
	defer cancel()
	there, err := u.session.Identify(limited)
	switch {
	case err != nil:
		return pgsql.FaultOf(err)
	case here.SystemID != 0 && here.SystemID != there.SystemID:
		return pg.OtherCluster(here.SystemID, there.SystemID)
	case here.HeldBack: // it holds WAL behind what it has replayed, and nobody knows how much
		return u.slotFault(limited, here)
	}
	supply, err := u.session.HasWAL(limited, here.Timeline, here.Received)
	switch {
	case err != nil:
		return pgsql.FaultOf(err)
	case supply == pg.WALGone && here.Restores:
		return &pg.Fault{ID: doctor.NeedsArchive, Text: "the primary has removed the WAL from " + here.Received.String() + " on, which restore_command has to bring",
			Fix: "See whether it does: " + pg.Slave.LogTail() + ". Only where no archive has that WAL, copy the standby anew: " + doctor.CopyAnew}
	case supply == pg.WALGone:
		return &pg.Fault{ID: doctor.NeedsCopy, Text: "the primary has removed the WAL from " + here.Received.String() + " on", Fix: "Copy it anew: " + doctor.CopyAnew}
	case supply == pg.WALAhead || supply == pg.WALElsewhere:
		return &pg.Fault{ID: doctor.Diverged, Text: "its data is not of the primary's history",
			Fix: "See from where on: " + pg.Slave.Run("plan")}
	}
	return u.slotFault(limited, here)
}

// slotFault is why the slot cannot be read from: it is gone or lost, as 15 and later
// tell it, or another server reads from it.
func (u *Upstream) slotFault(ctx context.Context, here pg.Health) *pg.Fault {
	slot := here.Slot
	if slot == "" {
		return nil
	}
	state, _, err := u.session.ReadSlot(ctx, slot)
	switch {
	case err != nil:
		return pgsql.FaultOf(err)
	case state == pg.SlotAbsent:
		return &pg.Fault{ID: "slot-absent", Text: "there is no slot " + slot + " on the primary", Fix: "A start of this standby makes it: " + pg.Slave.Restart()}
	case state == pg.SlotLost:
		return &pg.Fault{ID: "slot-lost", Text: "slot " + slot + " has lost its WAL",
			Fix: "Drop it, and the next start makes it anew: " + pg.Slave.Stop() + " && " + pg.Master.Exec("pgreplica slots drop "+slot) + " && " + pg.Slave.Up()}
	case here.Receiver == nil && !here.HeldBack: // else it may be this server's own
		return u.session.UserOf(ctx, slot)
	}
	return nil
}
