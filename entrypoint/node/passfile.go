package node

import (
	"errors"
	"io/fs"
	"os"

	"pgreplica/entrypoint/file"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

const passfile = RunDir + "/passfile"

// WritePassfile keeps the replication password where libpq reads it at each
// connection, and nowhere on the volume.
func (n *Node) WritePassfile() error {
	if err := os.Mkdir(RunDir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return pgdata.WriteFile(passfile, pg.PassfileLine(n.Config.ReplicationUser, n.Config.ReplicationPassword.Reveal()))
}

// RememberedPassword is the replication password that a standby's start left for
// PostgreSQL in the password file; empty where there is none.
func RememberedPassword() string {
	text, err := file.Read(passfile, file.MostNote)
	if err != nil {
		return ""
	}
	return pg.PassfilePassword(string(text))
}
