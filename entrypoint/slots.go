package entrypoint

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// A SlotList is what slots prints.
type SlotList struct {
	Rows    []SlotRow
	Standby bool // the slots are a standby's, for those that follow it
}

// Slots lists the replication slots of this container's server.
func Slots(ctx context.Context, cfg config.Config) (SlotList, error) {
	seen, conn, err := lookAtSlots(ctx, cfg)
	if err != nil {
		return SlotList{}, err
	}
	return SlotList{slotRows(seen), seen.Here.InRecovery}, conn.Close(ctx)
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

// Text prints the slots for people.
func (l SlotList) Text() string {
	lines := slotLines(l.Rows, strings.Clone)
	if len(lines) == 0 {
		lines = []string{"This server has no replication slots."}
	}
	for _, row := range l.Rows {
		if !row.InactiveSince.IsZero() {
			lines = append(lines, "   "+row.Name+" is inactive since "+row.InactiveSince.UTC().Format("2006-01-02 15:04:05 MST"))
		}
	}
	if l.Standby {
		lines = append(lines, "", "These are this standby's, for servers that follow it. Those of the primary, on its host:",
			"      "+pg.Master.Exec("pgreplica slots"))
	}
	return strings.Join(lines, "\n") + "\n"
}

// DropSlot drops a slot that nobody reads from and says what that gave back.
func DropSlot(ctx context.Context, cfg config.Config, name string) (done string, err error) {
	seen, conn, err := lookAtSlots(ctx, cfg)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	rows := slotRows(seen)
	i := slices.IndexFunc(rows, func(r SlotRow) bool { return r.Name == name })
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
func slotInUse(row SlotRow) *pg.Fault {
	return &pg.Fault{Text: fmt.Sprintf("slot %s is in use by %s", row.Name, row.user()), Exit: 77,
		Fix: "Stop that standby first, " + pg.Slave.Stop() + "; a connection that broke frees its slot within wal_sender_timeout."}
}
