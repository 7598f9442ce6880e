package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// configure brings the data directory up to date with the environment and the
// mounted files. Where nothing changed it writes nothing.
func (n *Node) configure(ctx context.Context) error {
	if err := errors.Join(pgdata.FixMode(n.layout.Dir), pgctl.RemoveStalePID(n.layout.Dir)); err != nil {
		return err
	}
	if n.cfg.Mode == pg.Primary && !n.made { // the official image's words, which people look for
		n.log.Info().Msg("PostgreSQL Database directory appears to contain a database; Skipping initialization")
	}
	n.warnOfLittleRoom()
	if err := n.warnOfLayer(); err != nil {
		return err
	}
	if err := n.complete(n.layout.Dir); err != nil {
		return err
	}
	placed, err := n.placeFiles(ctx, n.layout.Dir, false)
	if err != nil {
		return err
	}
	n.notePlacements(placed)
	n.logPlacements(placed)
	update := n.updateRoles
	if n.cfg.Mode == pg.Standby {
		update = n.configureStandby
	}
	if err := update(ctx); err != nil {
		return err
	}
	n.configured = true
	return n.note(n.data)
}

func (n *Node) configureStandby(ctx context.Context) error {
	n.raise(ctx)
	if reasons := n.lacks(n.layout.Dir); len(reasons) > 0 {
		return incomplete(reasons)
	}
	if err := n.delayReplay(); err != nil {
		return err
	}
	if n.cfg.MasterServer == "" {
		n.log.Warn().Str("hint", "Set MASTER_SERVER and REPLICATION_PASSWORD: the password then leaves postgresql.auto.conf.").
			Msg("following the server that the data directory records")
		return forgetStreaming()
	}
	if err := errors.Join(n.writePassfile(), n.writeRecovery(n.layout.Dir), forgetStreaming()); err != nil {
		return err
	}
	if n.upstream == nil {
		n.log.Warn().Err(n.silence).Str("hint", pg.Hint(n.silence)).Str("host", n.cfg.MasterServer).Uint16("port", n.cfg.MasterPort).
			Msg("the primary cannot be asked; starting with the data that is here, PostgreSQL keeps trying to connect")
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	err := n.ask().Keep(limited, n.slot)
	// A slot in use is most often our own, held by a connection that broke.
	if failure, ok := errors.AsType[*pgsql.Failure](err); ok && failure.Class != pgsql.Transient {
		n.log.Warn().Err(err).Str("hint", failure.Hint()).Str("slot", n.slot).Msg("the slot cannot be used")
	}
	return nil
}

// delayReplay writes how late this standby is to be, and takes it away again
// where APPLY_DELAY is unset. A delay of somebody else's making stays.
func (n *Node) delayReplay() error {
	wanted := ""
	if delay := time.Duration(n.cfg.ApplyDelay).Milliseconds(); delay > 0 {
		wanted = fmt.Sprintf("%dms", delay)
	}
	switch {
	case wanted == "" && !n.record.Delayed:
		return nil
	case !n.record.Delayed: // noted first, or a start that was killed would leave one that nobody takes away
		n.record.SetDelayed(true)
		if err := n.record.Save("start"); err != nil {
			return err
		}
	}
	err := writeAutoConf(n.layout.Dir, map[string]string{"recovery_min_apply_delay": wanted})
	if err == nil {
		n.record.SetDelayed(wanted != "")
	}
	return err
}

// note records what this volume is now, for later starts.
func (n *Node) note(data pg.DataDir) error {
	upstream := ""
	if n.cfg.Mode == pg.Standby && n.cfg.MasterServer != "" {
		upstream = n.upstreamAddress()
	}
	n.record.Become(data, n.cfg.Mode, upstream, n.cfg.DecidedUnder())
	return n.record.Save("start")
}
