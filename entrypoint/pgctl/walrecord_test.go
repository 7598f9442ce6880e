package pgctl

import (
	"slices"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
)

func TestOnlyALineOfARecordIsOne(t *testing.T) {
	const first = "rmgr: XLOG        len (rec/tot):     24/    24, tx:          0, lsn: 0/08001508, prev 0/080014E0, desc: SWITCH \n"
	const second = "rmgr: XLOG        len (rec/tot):     98/    98, tx:          0, lsn: 2/08001508, prev 0/080014E0, desc: RESTORE_POINT a\nb\n"
	for text, want := range map[string]walRecord{
		first: {0x8001508, 24, true}, first + second: {0x208001508, 98, false}, second + first: {0x8001508, 24, true}, second + first + "rmgr: X": {0x8001508, 24, true},
	} {
		for _, step := range []int{1, 7, len(text)} {
			var out lastRecordWriter
			for chunk := range slices.Chunk([]byte(text), step) {
				_, _ = out.Write(chunk)
			}
			if got, err := parseRecord(out.line); err != nil || got != want {
				t.Errorf("%q by %d: got %+v, %v, want %+v", text, step, got, err, want)
			}
		}
	}
	for _, line := range []string{"", "rmgr: XLOG", "WAL statistics", strings.Replace(first, "lsn: 0/08001508", "lsn: none", 1)} {
		if got, err := parseRecord(strings.TrimSpace(line)); err == nil {
			t.Errorf("%q: got %+v", line, got)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add("rmgr: XLOG        len (rec/tot):    114/   114, tx:          0, lsn: 0/02794A68, prev 0/02794A40, desc: CHECKPOINT_SHUTDOWN redo 0/2794A68")
	f.Add("rmgr: XLOG        len (rec/tot):     24/    24, tx:          0, lsn: 0/08001508, prev 0/080014E0, desc: SWITCH ")
	f.Fuzz(func(t *testing.T, line string) {
		r, err := parseRecord(line)
		if err != nil || r.at > 1<<60 || r.length > 1<<30 {
			return
		}
		if end := r.end(16 << 20); end < r.at || !r.isSwitch && uint64(end-r.at) < r.length {
			t.Errorf("%q ends at %s", line, end)
		}
	})
}

// checkRecordEnds compares the end that we compute for each record with the
// place of the next one.
func (c *cluster) checkRecordEnds(t *testing.T) {
	t.Helper()
	var before pg.LSN
	count := 0
	for line := range strings.Lines(c.waldump(0x1000028, 1<<40)) {
		r, err := parseRecord(line)
		if err != nil {
			continue
		}
		next := before
		switch { // a record does not begin with the header of a page
		case before%(16<<20) == 0:
			next += 40
		case before%pg.WALPage == 0:
			next += 24
		}
		if before != 0 && r.at != next {
			t.Fatalf("got the end %s, but the next record is at %s", before, r.at)
		}
		before = r.end(16 << 20)
		count++
	}
	if count < 10000 || before < 3<<24 {
		t.Errorf("found only %d records up to %s", count, before)
	}
}
