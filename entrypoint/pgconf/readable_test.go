package pgconf

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestAFileThatMayNotBeReadIsNotSaidToBeAbsent asks as a user of another group than
// that of the key.
func TestAFileThatMayNotBeReadIsNotSaidToBeAbsent(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to make files of other users")
	}
	dir := t.TempDir()
	key, closed := filepath.Join(dir, "server.key"), filepath.Join(dir, "closed")
	err := errors.Join(os.WriteFile(filepath.Join(dir, "server.crt"), nil, 0o644), os.WriteFile(key, nil, 0o640), os.Chown(key, 0, 101),
		os.Mkdir(closed, 0o700), os.WriteFile(closed+"/names", nil, 0o644), os.Chmod(dir, 0o755), os.Chmod(filepath.Dir(dir), 0o755))
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	_ = syscall.Setfsuid(70999)
	defer func() { _ = syscall.Setfsuid(0) }()

	for conf, want := range map[string]string{
		"ssl = on\nssl_key_file = 'server.key'\n":  "line 2: ssl_key_file is server.key, and that may not be read (it is of uid 0 and gid 101, mode 0640; the server runs as uid",
		"ssl = on\nssl_ca_file = 'closed/names'\n": "line 2: ssl_ca_file is closed/names, and that may not be read (nor may a folder above it",
		"ident_file = 'nowhere'\n":                 "line 1: ident_file is nowhere, and that is not there",
	} {
		found := Conf{Dir: dir, Text: conf}.Check()
		if len(found) == 0 || !strings.HasPrefix(found[len(found)-1].Error(), want) {
			t.Errorf("%q: got %v, want %q", conf, found, want)
		}
	}
	for line, want := range map[string]string{
		"local all @closed/names trust\n": "the file " + closed + "/names may not be read",
		"local all @nowhere trust\n":      "there is no file " + dir + "/nowhere",
	} {
		if found := CheckHBA(line, 16, dir); len(found) != 1 || !strings.Contains(found[0].Error(), want) {
			t.Errorf("%q: got %v, want %q", line, found, want)
		}
	}
}
