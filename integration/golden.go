//go:build integration

package integration

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

// volatile is what differs from run to run, and what stands for it.
var volatile = []struct {
	what *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}\b`), "ADDRESS"},
	{regexp.MustCompile(`\b\d+(\.\d+)? ?([KMGT]iB|[kMGT]?B)\b`), "SIZE"},
	{regexp.MustCompile(`\b(\d+\.)?\d+ ms\b`), "TIME"},
	{regexp.MustCompile(`\b\d+ more files\b`), "N more files"},
	{regexp.MustCompile(`\bline \d+\b`), "line N"},
	{regexp.MustCompile(`\b(SSL off|no encryption)\b`), "ENCRYPTION"},
	{regexp.MustCompile(`\b1\d\.\d+( \([^)]*\))?`), "VERSION"},
	{regexp.MustCompile(`both sides run on Debian \d+`), "the C library and ICU are those that the collations were made with"}, // Debian's testing has no number
	{regexp.MustCompile(`\bDebian \d+\b`), "Debian N"},
	{regexp.MustCompile(`\b(\d+h)?(\d+m)?\d+(\.\d+)?m?s\b`), "TIME"},
	{regexp.MustCompile(`\b[0-9A-F]+/[0-9A-F]+\b`), "LSN"},
	{regexp.MustCompile(`\b\d+ %`), "N %"},
	{regexp.MustCompile(`\b\d{16,}\b`), "SYSTEM"},
	{regexp.MustCompile(`pgreplica_[0-9a-f]{12}\b`), "pgreplica_NODE"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? UTC\b`), "NOW"},
	{regexp.MustCompile(`\b(PostgreSQL |PG_MAJOR=|data here is of )` + major + `\b`), "${1}MAJOR"},
}

// generalMajor is the version whose text is NAME.txt.
const generalMajor = "13"

// Golden compares text, less what differs from run to run, with the golden file
// of this major version: testdata/NAME.MAJOR.txt where that exists, else
// testdata/NAME.txt, which is the text of version 13. With -update it writes the
// file that is needed.
func Golden(t *testing.T, name, text string) {
	t.Helper()
	for _, v := range volatile {
		text = v.what.ReplaceAllString(text, v.as)
	}
	text = strings.TrimSpace(text) + "\n"
	general, special := filepath.Join("testdata", name+".txt"), filepath.Join("testdata", name+"."+major+".txt")
	if *update {
		if err := writeGolden(general, special, text); err != nil {
			t.Fatal(err)
		}
		return
	}
	path := special
	want, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		path = general
		want, err = os.ReadFile(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, text, want)
	}
}

// writeGolden writes the general file on its version. On another it keeps a
// special file only where the text differs from the general one.
func writeGolden(general, special, text string) error {
	path := general
	if major != generalMajor {
		path = special
		if same, err := os.ReadFile(general); err == nil && string(same) == text {
			if err := os.Remove(special); !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}
