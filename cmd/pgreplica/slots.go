package main

import (
	"context"
	"fmt"

	"pgreplica/entrypoint/look"
	"pgreplica/entrypoint/provision"
	"pgreplica/entrypoint/report"
)

const slotsArgs = "[drop NAME]"

const slotsManual = `USED BY is who reads from a slot, WAL KEPT what the server may not remove for
it. A slot is lost when LEFT is used up: LIMIT is max_slot_wal_keep_size.

  drop NAME   drop a slot that nobody uses, so that its WAL can go. A standby
              that comes back makes its slot anew, but may need a new copy.
`

// slots lists the replication slots of this container's server, or drops one.
func slots(ctx context.Context, args []string) (int, error) {
	if len(args) != 0 && (len(args) != 2 || args[0] != "drop") {
		return 0, usageError("slots " + slotsArgs)
	}
	n, err := openToLook()
	if err != nil {
		return 0, err
	}
	if len(args) == 0 {
		seen, err := look.Gather(ctx, n, look.Slots)
		if err != nil {
			return 0, err
		}
		_, err = fmt.Print(report.SlotsOf(seen).Text())
		return 0, err
	}
	done, err := provision.DropSlot(ctx, n, args[1])
	if err != nil {
		return 0, err
	}
	_, err = fmt.Println(done)
	return 0, err
}
