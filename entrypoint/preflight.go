package entrypoint

import (
	"context"
	"time"
)

func (n *Node) awaitPrimary(ctx context.Context) error {
	log := n.log.With().Str("host", n.cfg.MasterServer).Uint16("port", n.cfg.MasterPort).Logger()
	return await(ctx, log, time.Duration(n.cfg.MasterWaitTimeout), "waiting for the primary", func(ctx context.Context) error {
		server, err := n.ask().Identify(ctx)
		if err == nil {
			n.meet(server)
		}
		return err
	})
}

// slotLimit is how long a slot may stay in use by somebody else: our own dead
// connection holds it for wal_sender_timeout, a minute by default.
const slotLimit = 90 * time.Second

// reserveSlot is the last question before a base backup, which needs two of the
// upstream's walsenders for itself.
func (n *Node) reserveSlot(ctx context.Context, slot string) error {
	defer n.hangUp()
	log := n.log.With().Str("slot", slot).Logger()
	return await(ctx, log, slotLimit, "waiting for the slot", func(ctx context.Context) error {
		_, err := n.ask().Reserve(ctx, slot)
		return err
	})
}
