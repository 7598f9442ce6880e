package provision

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/report"
)

// LookAtSlots fills in this container's server, its slots and who reads from them.
func LookAtSlots(ctx context.Context, conn *pgx.Conn, seen *doctor.Seen) error {
	server, err := pgsql.Look(ctx, conn)
	if err != nil {
		return err
	}
	if seen.Followers, err = pgsql.Standbys(ctx, conn); err != nil {
		return err
	}
	seen.Server = &server
	seen.Slots, err = pgsql.Slots(ctx, conn)
	return err
}

// DropSlot drops a slot that nobody reads from. It returns a line that says so, and
// how much WAL that frees.
func DropSlot(ctx context.Context, n *node.Node, name string) (done string, err error) {
	conn, err := n.Local(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	seen := doctor.Seen{Mode: n.Mode}
	if err := LookAtSlots(ctx, conn, &seen); err != nil {
		return "", err
	}
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
	} else if seen.Server.InRecovery {
		fix = "This is a standby. The slots of its primary are there: " + pg.Master.Exec("pgreplica slots")
	}
	return &pg.Fault{Text: fmt.Sprintf("this server has no slot %q", name), Fix: fix, Exit: 64}
}

// slotInUse is the fault of a slot that a standby reads from.
func slotInUse(row report.SlotRow) *pg.Fault {
	return &pg.Fault{Text: fmt.Sprintf("slot %s is in use by %s", row.Name, row.User()), Exit: 77,
		Fix: "Stop that standby first, " + pg.Slave.Stop() + "; a connection that broke frees its slot within wal_sender_timeout."}
}
