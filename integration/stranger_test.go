//go:build integration

package integration

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestAServerReadsWhatItsGroupMay starts a server with a key of group ssl-cert, a
// verifier in place of a password, and a FIFO under the name of a file that a start
// writes.
func TestAServerReadsWhatItsGroupMay(t *testing.T) {
	t.Parallel()
	// What PostgreSQL has stored of "the password".
	const verifier = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$cdLQDvuX2QkSPUcyAWun/LafsLBDa+CLNoRSwi6KKTQ=:3jLKoWKj5Efm/m8PbTNnMdUTWVd4MmdPTotneW52Hwk="
	folder, keys := t.TempDir(), t.TempDir()
	key, state := filepath.Join(keys, "server.key"), filepath.Join(folder, ".pgreplica")
	group, _ := Run(t, "--entrypoint", "sh", image("master"), "-c", "getent group ssl-cert | cut -d: -f3")
	sslCert, err := strconv.Atoi(strings.TrimSpace(group)) // another one in each image
	if err != nil {
		t.Fatal(err)
	}
	if err := firstError(os.WriteFile(key, []byte("key"), 0o640), os.Chown(key, 0, sslCert), os.Chmod(keys, 0o755),
		os.Mkdir(state, 0o700), syscall.Mkfifo(filepath.Join(state, "state.json.pgreplica-new"), 0o666)); err != nil {
		t.Fatal(err)
	}
	server := Start(t, "--env", "POSTGRES_PASSWORD="+verifier, "--volume", folder+":"+filepath.Dir(dataDir), "--volume", keys+":/keys", image("master"))
	server.Healthy()
	if text := server.SQL("SELECT pg_read_file('/keys/server.key')"); text != "key" {
		t.Errorf("the key reads %q", text)
	}
	if stored := server.SQL("SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'"); stored != verifier {
		t.Errorf("stored %q", stored)
	}
	if said := server.Exec("sh", "-c", `PGPASSWORD='the password' psql -h "$(hostname -i)" -U postgres -tAc 'SELECT 1'`); said != "1" {
		t.Errorf("a login with the password: %q", said)
	}
}

func TestWhatNeverWorksIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for variable, want := range map[string]string{
		"POSTGRES_INITDB_ARGS=--foo":       "POSTGRES_INITDB_ARGS is not what initdb takes: initdb: unrecognized option '--foo'",
		"POSTGRES_INITDB_ARGS=hunter2":     "POSTGRES_INITDB_ARGS: has a word that is no option",
		"POSTGRES_USER=o'brien":            "POSTGRES_USER: holds a quote",
		"POSTGRES_HOST_AUTH_METHOD=scramm": "POSTGRES_HOST_AUTH_METHOD: cannot stand in pg_hba.conf",
	} {
		said, status := Run(t, "--env", "POSTGRES_PASSWORD=test", "--env", variable, image("master"))
		if status != 78 || !strings.Contains(said, want) || strings.Contains(said, "hunter2") {
			t.Errorf("%s: exit %d, want 78 and %q:\n%s", variable, status, want, said)
		}
	}
}
