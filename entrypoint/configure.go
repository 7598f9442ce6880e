package entrypoint

import (
	"context"
	"errors"
	"slices"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/provision"
)

// configure brings the data directory up to date with the environment and the
// mounted files. Where nothing changed it writes nothing.
func (s *start) configure(ctx context.Context) error {
	if err := errors.Join(s.files(s.Volume.Dir).GoBack(), pgdata.FixMode(s.Volume.Dir), pgctl.RemoveStalePID(s.Volume.Dir)); err != nil {
		return err
	}
	if s.Mode == pg.Primary && !s.made { // the official image's words, which people look for
		s.Log.Info().Msg("PostgreSQL Database directory appears to contain a database; Skipping initialization")
	}
	s.warnOfLittleRoom()
	if err := warnOfLayer(s.Node); err != nil {
		return err
	}
	node.NoteSuperuser(s.Node, s.Volume.Dir, s.have.Data.SystemID)
	files := s.files(s.Volume.Dir)
	if err := files.Complete(); err != nil {
		return err
	}
	if err := files.Install(ctx); err != nil {
		return err
	}
	update := provision.Roles{Node: s.Node}.Update
	if s.Mode == pg.Standby {
		update = s.configureStandby
	}
	if err := update(ctx); err != nil {
		return err
	}
	s.have.Configured = true
	return s.recordRole()
}

func (s *start) configureStandby(ctx context.Context) error {
	standby := s.standby(s.Volume.Dir)
	foreign := s.have.Upstream != nil && s.have.Upstream.SystemID != s.have.Data.SystemID
	if foreign {
		standby.Upstream = nil // what another cluster has, this one need not have
	}
	s.args = append(slices.Clip(s.args), standby.Limits(ctx)...)
	if err := s.files(s.Volume.Dir).CheckCopied(); err != nil {
		return err
	}
	if err := standby.WriteDelay(); err != nil {
		return err
	}
	if s.Config.MasterServer == "" {
		s.Log.Warn().Str("hint", "Set MASTER_SERVER and REPLICATION_PASSWORD: the password then leaves postgresql.auto.conf.").
			Msg("following the server that the data directory records")
		return node.ForgetStreaming()
	}
	if err := errors.Join(s.WritePassfile(), standby.WriteRecovery(), node.ForgetStreaming()); err != nil {
		return err
	}
	if s.have.Upstream == nil {
		s.Log.Warn().Err(s.up.Err()).Str("hint", pg.Hint(s.up.Err())).Str("host", s.Config.MasterServer).Uint16("port", s.Config.MasterPort).
			Msg("the primary cannot be asked; starting with the data that is here, PostgreSQL keeps trying to connect")
		return nil
	}
	if foreign { // a slot there would keep WAL for nobody
		wrong := pg.OtherCluster(s.have.Data.SystemID, s.have.Upstream.SystemID)
		s.Log.Warn().Str("hint", wrong.Fix).Msg(wrong.Text)
		return nil
	}
	err := s.up.Keep(ctx)
	// A slot in use is most often our own, held by a connection that broke.
	if failure, ok := errors.AsType[*pgsql.Failure](err); ok && failure.Class != pgsql.Transient {
		s.Log.Warn().Err(err).Str("hint", failure.Hint()).Str("slot", s.Slot).Msg("the slot cannot be used")
	}
	return nil
}

// recordRole records what this volume is now, for later starts.
func (s *start) recordRole() error {
	upstream := ""
	if s.Follows() {
		upstream = s.UpstreamAddress()
	}
	s.Record.Become(s.have.Data, s.Mode, upstream, s.Config.DecidedUnder())
	s.Record.Try(pgdata.ControlWritten(s.Volume.Dir))
	return s.Record.Save("start")
}
