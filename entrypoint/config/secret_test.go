package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/rs/zerolog"
)

func sprint(value any) string { return fmt.Sprintf("%+v", value) }

func TestASecretPrintsAsSecret(t *testing.T) {
	var s Secret
	_ = s.Decode("canary")
	exported, private := struct{ S Secret }{s}, struct{ s Secret }{s}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s", "%x", "%d"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+" "+verb+"\n", s, &s, exported, private)
		if got := fmt.Sprintf(verb, s); got != "[secret]" {
			t.Errorf("%s: got %s, want [secret]", verb, got)
		}
	}
	if err := json.NewEncoder(&out).Encode(map[string]any{"a": s, "b": exported, "c": private}); err != nil {
		t.Fatal(err)
	}
	log := zerolog.New(&out)
	log.Info().Interface("a", s).Interface("b", exported).Stringer("c", s).Any("d", Config{PostgresPassword: s}).Msg("")
	fmt.Fprintln(&out, s.String(), fmt.Errorf("wrapped: %v", s))
	for _, leak := range []string{"canary", fmt.Sprintf("%x", "canary")} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q leaked:\n%s", leak, out.String())
		}
	}
	if got, err := json.Marshal(exported); err != nil || string(got) != `{"S":"[secret]"}` {
		t.Errorf("got %s and %v, want [secret]", got, err)
	}
	if s.Reveal() != "canary" || !s.IsSet() || (Secret{}).IsSet() {
		t.Errorf("got %q, want canary", s.Reveal())
	}
}

func TestAPasswordInAURLIsNotRepeated(t *testing.T) {
	for _, value := range []string{"postgres://u:canary@db1", "u:canary@db1", "'u:canary@db1'", "u:canary@<host>"} {
		for _, variable := range []string{"MASTER_SERVER", "PEERS"} {
			m := mistakesOf(t, with(standby, variable+"="+value))[variable]
			if got := m.String(); m.What == "" || strings.Contains(got, "canary") {
				t.Errorf("%s=%s: got %q, want a mistake without the password", variable, value, got)
			}
		}
	}
}

func TestASecretComesFromItsFile(t *testing.T) {
	for _, test := range []struct{ text, want, mistake string }{
		{"canary", "canary", ""},
		{"canary\n\n", "canary", ""},
		{" can ary \n", " can ary ", ""},
		{"'$\\:%", "'$\\:%", ""},
		{"\n", "", "is empty"},
		{"canary\r\n", "", "line break"},
		{"canary\nmore\n", "", "line break"},
		{"canary\x00\n", "", "NUL"},
		{strings.Repeat("canary", largest), "", "larger"},
	} {
		file := filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(file, []byte(test.text), 0o400); err != nil {
			t.Fatal(err)
		}
		c, _, err := Load([]string{"REPLICATION_MODE=standby", "MASTER_SERVER=db1", "REPLICATION_PASSWORD_FILE=" + file})
		if test.mistake != "" {
			if err == nil || !strings.Contains(err.Error(), test.mistake) || strings.Contains(err.Error(), "canary") {
				t.Errorf("%.20q: got %v, want %q", test.text, err, test.mistake)
			}
		} else if err != nil || c.ReplicationPassword.Reveal() != test.want {
			t.Errorf("%q: got %q and %v, want %q", test.text, c.ReplicationPassword.Reveal(), err, test.want)
		}
	}
}

func TestATextComesFromItsFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(file, []byte("erp\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	c := load(t, with(primary, "POSTGRES_USER_FILE="+file, "POSTGRES_DB_FILE="+file, "POSTGRES_INITDB_ARGS_FILE="+file))
	if c.PostgresUser != "erp" || c.PostgresDB != "erp" || c.InitDBArgs != "erp" {
		t.Errorf("got %q %q %q, want erp", c.PostgresUser, c.PostgresDB, c.InitDBArgs)
	}
}

func TestAVariableAndItsFileAreExclusive(t *testing.T) {
	found := mistakesOf(t, with(standby, "REPLICATION_PASSWORD_FILE=/nowhere"))
	want := "both REPLICATION_PASSWORD and REPLICATION_PASSWORD_FILE are set (but are exclusive)"
	if got := found["REPLICATION_PASSWORD"].What; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestASecretThatCannotBeReadIsExplained(t *testing.T) {
	dir := t.TempDir()
	closed := filepath.Join(dir, "closed")
	if err := os.WriteFile(closed, nil, 0o000); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // below it, everybody may look
		t.Fatal(err)
	}
	fifo, device := filepath.Join(dir, "fifo"), filepath.Join(dir, "device")
	if err := errors.Join(syscall.Mkfifo(fifo, 0o644), os.Symlink("/dev/zero", device)); err != nil {
		t.Fatal(err)
	}
	for path, words := range map[string][]string{
		fifo:             {fifo, "is a FIFO", "right file"}, // it would wait for somebody to write into it
		device:           {device, "is not a file", "right file"},
		closed:           {closed, "permission denied", fmt.Sprintf("owner uid %d, mode 0000, we are uid %d", os.Geteuid(), os.Geteuid()), "root"},
		dir:              {dir, "is a directory", "remove it"},
		dir + "/missing": {"missing", "no such file", "mounted"},
	} {
		var found mistakes
		asNobody(t, func() { readFile("APP_PASSWORD_FILE", path, &found) })
		for _, word := range append(words, "APP_PASSWORD_FILE") {
			if len(found) != 1 || !strings.Contains(found[0].String(), word) {
				t.Errorf("%s: got %v, want %q in it", path, found, word)
			}
		}
		if denied := path == closed; len(found) == 1 && found[0].Denied != denied {
			t.Errorf("%s: got Denied %v, want %v", path, !denied, denied)
		}
	}
}

// asNobody opens files as a user who is not root, which may read everything.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if os.Geteuid() == 0 {
		_ = syscall.Setfsuid(65534)
		defer func() { _ = syscall.Setfsuid(0) }()
	}
	do()
}
