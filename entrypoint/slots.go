package entrypoint

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/report"
)

// Slots lists the replication slots of this container's server.
func Slots(ctx context.Context, cfg config.Config) (report.SlotList, error) {
	seen, conn, err := lookAtSlots(ctx, cfg)
	if err != nil {
		return report.SlotList{}, err
	}
	return report.SlotsOf(seen), conn.Close(ctx)
}

func lookAtSlots(ctx context.Context, cfg config.Config) (seen doctor.Seen, conn *pgx.Conn, err error) {
	if err := host.BecomeServerUser(); err != nil {
		return seen, nil, err
	}
	layout, err := pgdata.Locate(cfg.PGData)
	if err != nil {
		return seen, nil, err
	}
	if conn, err = local(ctx, cfg, layout); err != nil {
		return seen, nil, err
	}
	here, err := pgsql.Look(ctx, conn)
	seen = doctor.Seen{Mode: cfg.Mode, Here: &here}
	if err == nil {
		seen.Followers, err = pgsql.Standbys(ctx, conn)
	}
	if err == nil {
		seen.Slots, err = pgsql.Slots(ctx, conn)
	}
	if err != nil {
		conn.Close(ctx)
	}
	return seen, conn, err
}

// DropSlot drops a slot that nobody reads from and says what that gave back.
func DropSlot(ctx context.Context, cfg config.Config, name string) (done string, err error) {
	seen, conn, err := lookAtSlots(ctx, cfg)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	rows := report.Slots(seen)
	i := slices.IndexFunc(rows, func(r report.SlotRow) bool { return r.Name == name })
	switch {
	case i < 0:
		return "", noSlot(name, seen)
	case rows[i].Active || rows[i].UsedBy != "":
		return "", slotInUse(rows[i])
	}
	if err := pgsql.DropSlot(ctx, conn, name); err != nil {
		return "", err
	}
	done = "dropped slot " + name
	if rows[i].Kept > 0 {
		done += ", which kept " + pg.Size(rows[i].Kept) + " of WAL; the server removes it at its next checkpoints"
	}
	return done, nil
}

// noSlot is the fault of a name that no slot has.
func noSlot(name string, seen doctor.Seen) *pg.Fault {
	var names []string
	for _, slot := range seen.Slots {
		names = append(names, slot.Name)
	}
	fix := "pgreplica slots lists them."
	if near := config.Nearest(name, names); near != "" {
		fix = "Did you mean " + near + "? pgreplica slots lists them."
	} else if seen.Here.InRecovery {
		fix = "This is a standby. The slots of its primary are there: " + pg.Master.Exec("pgreplica slots")
	}
	return &pg.Fault{Text: fmt.Sprintf("this server has no slot %q", name), Fix: fix, Exit: 64}
}

// slotInUse refuses to take a slot from under a standby.
func slotInUse(row report.SlotRow) *pg.Fault {
	return &pg.Fault{Text: fmt.Sprintf("slot %s is in use by %s", row.Name, row.User()), Exit: 77,
		Fix: "Stop that standby first, " + pg.Slave.Stop() + "; a connection that broke frees its slot within wal_sender_timeout."}
}
