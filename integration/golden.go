//go:build integration

package integration

import (
	"flag"
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
}

// Golden compares text with a file of testdata, less what differs from run to
// run. With -update it writes the file. A major version without files is skipped.
func Golden(t *testing.T, name, text string) {
	t.Helper()
	for _, v := range volatile {
		text = v.what.ReplaceAllString(text, v.as)
	}
	text = strings.TrimSpace(text) + "\n"
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		t.Skipf("there are no golden files in %s; -update makes them, for a person to read", filepath.Dir(path))
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, text, want)
	}
}
