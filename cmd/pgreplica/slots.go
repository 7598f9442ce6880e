package main

import (
	"context"
	"fmt"

	"pgreplica/entrypoint"
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
	cfg, err := entrypoint.ConfigurationToLook()
	if err != nil {
		return 0, err
	}
	if len(args) == 0 {
		list, err := entrypoint.Slots(ctx, cfg)
		if err != nil {
			return 0, err
		}
		_, err = fmt.Print(list.Text())
		return 0, err
	}
	done, err := entrypoint.DropSlot(ctx, cfg, args[1])
	if err != nil {
		return 0, err
	}
	_, err = fmt.Println(done)
	return 0, err
}
