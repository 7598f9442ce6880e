package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// A connection that is cut frees the slot within this time, on the server too.
const backupOptions = "-c tcp_user_timeout=30s -c statement_timeout=0"

// baseBackup copies the upstream into staging, where its size and its
// tablespaces were asked for first.
func (n *Node) baseBackup(ctx context.Context, slot string) error {
	if err := n.writePassfile(); err != nil {
		return err
	}
	n.log.Info().Str("host", n.cfg.MasterServer).Uint16("port", n.cfg.MasterPort).Str("slot", slot).Msg("copying the primary")
	survey, err := n.survey(ctx)
	if err != nil {
		return err
	}
	journal, err := pgdata.Begin(n.layout, "clone")
	if err != nil {
		return err
	}
	from := n.conninfo()
	from.ApplicationName, from.Options = pg.CopyOf+slot, backupOptions
	doing("copying the primary")
	began := time.Now()
	pace := &copyPace{say: n.sayProgress, began: began}
	backup := pgctl.BaseBackup{
		From: from, Dir: journal.Staged(n.layout), Slot: slot, Label: "pgreplica:" + n.record.NodeID,
		Checkpoint: n.cfg.CloneCheckpoint, MaxRate: n.cfg.CloneMaxRate, Compress: n.cfg.CloneCompress,
		WALDir: journal.WAL, Tablespaces: survey.Tablespaces, TablespaceDir: journal.Tablespaces(n.layout),
	}
	if err := n.backUp(ctx, backup, pace.see); err != nil {
		return err
	}
	n.log.Info().Str("took", since(began)).Str("size", pg.Size(pace.last.Done)).Msg("copied the primary")
	return n.checkCopy(journal)
}

// survey asks what there is to copy, and refuses what does not fit before any
// of it is here. It is the last question: a base backup needs two of the
// upstream's walsenders for itself.
func (n *Node) survey(ctx context.Context) (pgsql.Survey, error) {
	began := time.Now()
	defer n.hangUp()
	survey, err := n.ask().Survey(ctx, n.cfg.CloneCheckpoint)
	if err != nil {
		return survey, err
	}
	n.log.Debug().Str("took", since(began)).Str("size", pg.Size(survey.Bytes)).Int("tablespaces", len(survey.Tablespaces)).Msg("asked what there is to copy")
	return survey, n.roomFor(survey.Bytes)
}

// checkCopy holds the copy to the cluster that was asked for.
func (n *Node) checkCopy(journal pgdata.Journal) error {
	staging := journal.Staged(n.layout)
	data, err := pgdata.Inspect(staging)
	if err != nil {
		return err
	}
	if data.Contents != pg.Cluster {
		return fmt.Errorf("the base backup holds %s data, not a cluster", data.Contents)
	}
	if data.SystemID != n.upstream.SystemID {
		return fmt.Errorf("the base backup is of cluster %s, the primary said %s", data.SystemID, n.upstream.SystemID)
	}
	if link := pgdata.Astray(staging, journal.Tablespaces(n.layout)); link != "" {
		return pgdata.Unfit(link, "is of a tablespace that was made while the copy ran", "Start again: "+pg.All.Up()+". The next copy has a place for it.")
	}
	return nil
}

func (n *Node) verify(ctx context.Context) error {
	staging, err := n.staging()
	if err != nil {
		return err
	}
	doing("verifying the copy")
	began := time.Now()
	if err := pgctl.VerifyBackup(ctx, staging, n.tell); err != nil {
		return fmt.Errorf("the copy differs from its manifest: %w", err)
	}
	n.log.Info().Str("took", since(began)).Msg("verified the copy")
	return nil
}

// followConf makes the copy in staging a standby, before anybody could take it
// for a primary.
func (n *Node) followConf(ctx context.Context) error {
	staging, err := n.staging()
	if err != nil {
		return err
	}
	n.record.ForgetFiles()
	if err := errors.Join(n.record.Save("start"), n.complete(staging), n.leaveOutPaths(staging), n.makeStandby(staging)); err != nil {
		return err
	}
	n.tryCopy(ctx, staging)
	return nil
}

// follow makes a former primary's data a standby's, in place.
func (n *Node) follow() error {
	n.log.Info().Msg("the former primary follows: it holds nothing that its upstream lacks")
	m, err := n.read(n.layout.Dir, confFile)
	if err != nil {
		return err
	}
	before := n.judge(m)
	if err := n.makeStandby(n.layout.Dir); err != nil {
		return err
	}
	if m, err = n.read(n.layout.Dir, confFile); err == nil && before == same {
		n.record.PlaceAs(confFile, pgdata.Hash(pgconf.Users(m.current)))
	}
	return err
}

// makeStandby writes whom to follow, and standby.signal last: until then the
// data is what it was.
func (n *Node) makeStandby(dir string) error {
	for _, name := range []string{confFile, autoFile} {
		dropped, err := pgdata.RewriteConf(filepath.Join(dir, name), n.standbyConf)
		if err != nil {
			return err
		}
		if len(dropped) > 0 {
			n.log.Info().Str("file", name).Str("settings", strings.Join(dropped, " ")).Msg("left out what is only the primary's")
		}
	}
	if err := n.writeRecovery(dir); err != nil {
		return err
	}
	return pgdata.WriteFile(filepath.Join(dir, "standby.signal"), "")
}

// standbyConf is a configuration that was copied, less what is only the
// primary's, with our defaults for this volume.
func (n *Node) standbyConf(copied string) (string, []string) {
	text, dropped := pgconf.StandbyConf(copied)
	if pgconf.HasBlock(text) {
		text = pgconf.InstalledConf(n.managedConf(), text)
	}
	return text, dropped
}

// staging is the folder that the journal names.
func (n *Node) staging() (string, error) {
	journal, err := pgdata.ReadJournal(n.layout)
	if err == nil && journal.Phase == pg.NoChange {
		err = errors.New("nothing is in staging")
	}
	return journal.Staged(n.layout), err
}

// writeRecovery writes whom to follow into postgresql.auto.conf, where
// PostgreSQL reads it last.
func (n *Node) writeRecovery(dir string) error {
	return writeAutoConf(dir, map[string]string{
		"primary_conninfo": n.conninfo().String(), "primary_slot_name": n.slot,
		"recovery_target_timeline": "latest", "cluster_name": n.slot,
	})
}

// writeAutoConf changes settings in postgresql.auto.conf; an empty one goes.
func writeAutoConf(dir string, settings map[string]string) error {
	path := filepath.Join(dir, "postgresql.auto.conf")
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	text := pgconf.AutoConf(string(old), settings)
	if text == string(old) {
		return nil
	}
	return pgdata.WriteFile(path, text)
}

const passfile = runDir + "/passfile"

// writePassfile keeps the password where libpq reads it at each connection, and
// nowhere on the volume.
func (n *Node) writePassfile() error {
	if err := os.Mkdir(runDir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return pgdata.WriteFile(passfile, pg.PassfileLine(n.cfg.ReplicationUser, n.cfg.ReplicationPassword.Reveal()))
}
