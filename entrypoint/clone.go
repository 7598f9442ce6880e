package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// backupOptions make the server notice within 30 s that the connection was cut,
// so that it frees the slot.
const backupOptions = "-c tcp_user_timeout=30s -c statement_timeout=0"

// baseBackup asks for the size and the tablespaces of the upstream, and copies it
// into staging.
func (s *start) baseBackup(ctx context.Context, slot string) error {
	if err := s.WritePassfile(); err != nil {
		return err
	}
	s.Log.Info().Str("host", s.Config.MasterServer).Uint16("port", s.Config.MasterPort).Str("slot", slot).Msg("copying the primary")
	progress := &copyProgress{log: s.Log, service: s.Service(), began: time.Now()}
	survey, err := s.survey(ctx, progress)
	if err != nil {
		return err
	}
	journal, err := pgdata.Begin(s.Volume, "clone")
	if err != nil {
		return err
	}
	from := s.Conninfo()
	from.ApplicationName, from.Options = pg.CopyOf+slot, backupOptions
	node.Doing("copying the primary")
	began := time.Now()
	progress.began = began
	backup := pgctl.BaseBackup{
		From: from, Dir: journal.Staged(s.Volume), Slot: slot, Label: "pgreplica:" + s.Record.NodeID,
		Checkpoint: s.Config.CloneCheckpoint, MaxRate: s.Config.CloneMaxRate, Compress: s.Config.CloneCompress,
		WALDir: journal.WAL, Tablespaces: survey.Tablespaces, TablespaceDir: journal.Tablespaces(s.Volume),
	}
	if err := backUp(ctx, s.Node, backup, progress); err != nil {
		return err
	}
	s.Log.Info().Str("took", since(began)).Str("size", pg.Size(progress.last.Done)).Msg("copied the primary")
	return s.checkCopy(journal)
}

// reserve makes the slot of a copy, which waits where the last one would fail again.
func (s *start) reserve(ctx context.Context, slot string) error {
	if _, failed := pgdata.ReadFailedCopy(s.Volume, s.UpstreamAddress()); failed {
		s.up.Close()
		if err := awaitNextCopy(ctx, s.Node); err != nil {
			return err
		}
	}
	return s.up.Reserve(ctx, slot)
}

// survey asks what there is to copy, and refuses what does not fit before any of
// it is copied. Then it closes the session, because a base backup needs two of the
// upstream's walsenders.
func (s *start) survey(ctx context.Context, progress *copyProgress) (pgsql.Survey, error) {
	began := time.Now()
	defer s.up.Close()
	node.Doing("waiting for the primary to begin the copy")
	survey, err := s.up.Session().Survey(ctx, s.Config.CloneCheckpoint, progress.wait)
	if err != nil {
		return survey, err
	}
	s.Log.Debug().Str("took", since(began)).Str("size", pg.Size(survey.Bytes)).Int("tablespaces", len(survey.Tablespaces)).Msg("asked what there is to copy")
	return survey, checkRoom(s.Node, survey.Bytes)
}

// checkCopy refuses a copy that is not of the cluster that was asked for, or that
// has a tablespace outside the folder for tablespaces.
func (s *start) checkCopy(journal pgdata.Journal) error {
	staging := journal.Staged(s.Volume)
	data, err := pgdata.Inspect(staging)
	if err != nil {
		return err
	}
	if data.Contents != pg.Cluster {
		return fmt.Errorf("the base backup holds %s data, not a cluster", data.Contents)
	}
	if data.SystemID != s.have.Upstream.SystemID {
		return fmt.Errorf("the base backup is of cluster %s, the primary said %s", data.SystemID, s.have.Upstream.SystemID)
	}
	if link := pgdata.Astray(staging, journal.Tablespaces(s.Volume)); link != "" {
		return pgdata.Unfit(link, "is of a tablespace that was made while the copy ran", "Start again: "+pg.All.Up()+". The next copy has a place for it.")
	}
	return nil
}

var errDiffers = errors.New("the copy differs from its manifest")

func (s *start) verify(ctx context.Context) error {
	staging, err := s.staging()
	if err != nil {
		return err
	}
	node.Doing("verifying the copy")
	began := time.Now()
	if err := pgctl.VerifyBackup(ctx, staging, s.LogOutput); err != nil {
		return fmt.Errorf("%w: %w", errDiffers, err)
	}
	s.Log.Info().Str("took", since(began)).Msg("verified the copy")
	return nil
}

// followConf makes the copy in staging a standby. It is never a primary, not even
// for a start that is killed here.
func (s *start) followConf(ctx context.Context) error {
	staging, err := s.staging()
	if err != nil {
		return err
	}
	files := s.files(staging)
	s.Record.ForgetFiles()
	node.NoteSuperuser(s.Node, staging, s.have.Upstream.SystemID)
	if err := errors.Join(s.Record.Save("start"), files.Complete(), files.LeaveOutPaths(), files.LeaveOutPlace(), s.standby(staging).Make()); err != nil {
		return err
	}
	files.TryCopy(ctx)
	return nil
}

// staging is the folder that the journal names.
func (s *start) staging() (string, error) {
	journal, err := pgdata.ReadJournal(s.Volume)
	if err == nil && journal.Phase == pg.NoChange {
		err = errors.New("nothing is in staging")
	}
	return journal.Staged(s.Volume), err
}
