package pgdata

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgreplica/entrypoint/pg"
)

const segment = 1 << 20

// walDir has files 3 and 4 of timeline 1 and files 4 and 5 of timeline 2. Each
// byte is the file's timeline and number.
func walDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	mkdir(t, filepath.Join(dir, "pg_wal"))
	for name, content := range map[string][]byte{
		"000000010000000000000003": bytes.Repeat([]byte{0x13}, segment),
		"000000010000000000000004": bytes.Repeat([]byte{0x14}, segment),
		"000000020000000000000004": bytes.Repeat([]byte{0x24}, segment),
		"000000020000000000000005": bytes.Repeat([]byte{0x25}, 100),
		"00000002.history":         []byte("1\t0/400060\tno recovery target specified\n"),
		"00000003.history":         []byte("2\t0/4\n1\t0/5\n"),
	} {
		if err := os.WriteFile(filepath.Join(dir, "pg_wal", name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTheTailOfWALIsItsLastFile(t *testing.T) {
	dir := walDir(t)
	for _, c := range []struct {
		about         string
		timeline      pg.Timeline
		end, start    pg.LSN
		first, second byte // what it holds, and how much of the last file
		last          int
	}{
		{"in the middle", 1, 4*segment + 5*pg.WALPage, 4 * segment, 0, 0x14, 5 * pg.WALPage},
		{"just behind the first page", 1, 4*segment + pg.WALPage + 8, 4 * segment, 0, 0x14, pg.WALPage + 8},
		{"in the first page", 1, 4*segment + 100, 3 * segment, 0x13, 0x14, 100},
		{"at the end of the first page", 1, 4*segment + pg.WALPage, 3 * segment, 0x13, 0x14, pg.WALPage},
		{"at the end of a file", 1, 4 * segment, 3 * segment, 0, 0x13, segment},
		{"in the first page of a timeline", 2, 4*segment + 100, 4 * segment, 0, 0x24, 100},
	} {
		var want []byte
		if c.first != 0 {
			want = bytes.Repeat([]byte{c.first}, segment)
		}
		want = append(want, bytes.Repeat([]byte{c.second}, c.last)...)
		start, got, err := WALTail(dir, c.timeline, c.end, segment, segment)
		if err != nil || start != c.start || !bytes.Equal(got, want) {
			t.Errorf("%s: got %d bytes from %s, %v, want %d from %s", c.about, len(got), start, err, len(want), c.start)
		}
	}
}

func TestTheTailOfWALIsNoLongerThanWasAskedFor(t *testing.T) {
	dir := walDir(t)
	for _, c := range []struct{ end, start pg.LSN }{
		{4*segment + 5*pg.WALPage, 4*segment + 3*pg.WALPage}, // in the last file
		{4*segment + 100, 4*segment - 2*pg.WALPage},          // as much of the file before
	} {
		start, got, err := WALTail(dir, 1, c.end, 2*pg.WALPage, segment)
		if err != nil || start != c.start || len(got) != int(c.end-c.start) {
			t.Errorf("up to %s: got %d bytes from %s, %v, want them from %s", c.end, len(got), start, err, c.start)
		}
	}
}

func TestWALThatIsNotThereIsAnError(t *testing.T) {
	dir := walDir(t)
	if _, got, err := WALTail(dir, 1, 6*segment, segment, segment); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got %d bytes, %v", len(got), err)
	}
	if _, got, err := WALTail(dir, 2, 5*segment+200, segment, segment); err == nil {
		t.Errorf("a short file: got %d bytes", len(got))
	}
}

func TestTheHistoryOfATimelineIsRead(t *testing.T) {
	dir := walDir(t)
	for timeline, want := range map[pg.Timeline]pg.History{1: nil, 2: {{Timeline: 1, End: 0x400060}}} {
		if got, err := TimelineHistory(dir, timeline); err != nil || !slices.Equal(got, want) {
			t.Errorf("timeline %d: got %v, %v, want %v", timeline, got, err, want)
		}
	}
	if got, err := TimelineHistory(dir, 3); err == nil {
		t.Errorf("not in order: got %v", got)
	}
	if got, err := TimelineHistory(dir, 4); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got %v, %v", got, err)
	}
}
