package pgdata

import (
	"hash/crc32"
	"maps"
	"strconv"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
	"pgreplica/integration/realpg"
)

func TestTheControlFileSaysWhatPgControldataSays(t *testing.T) {
	c := realpg.New(t)
	out, err := c.Command("pg_controldata", "-D", c.Dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	want := pg.Limits{}
	labels := map[string]string{"max_connections setting": "max_connections", "max_worker_processes setting": "max_worker_processes",
		"max_wal_senders setting": "max_wal_senders", "max_prepared_xacts setting": "max_prepared_transactions", "max_locks_per_xact setting": "max_locks_per_transaction"}
	for line := range strings.Lines(string(out)) {
		label, value, _ := strings.Cut(line, ":")
		if name := labels[label]; name != "" {
			want[name], _ = strconv.Atoi(strings.TrimSpace(value))
		}
	}
	got, err := RequiredLimits(c.Dir)
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("got %v (%v), pg_controldata says %v", got, err, want)
	}
}

func TestTheSizeOfASegmentIsInitdbs(t *testing.T) {
	for _, megabytes := range []uint64{16, 64} {
		c := realpg.New(t)
		if megabytes != 16 {
			c.Dir += "-64"
			if out, err := c.Command("initdb", "-D", c.Dir, "-N", "--wal-segsize", strconv.FormatUint(megabytes, 10)).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		}
		if got := SegmentSize(c.Dir); got != megabytes<<20 {
			t.Errorf("got %d, want %d MB", got, megabytes)
		}
	}
	if got := SegmentSize(t.TempDir()); got != 0 {
		t.Errorf("without a cluster it is %d", got)
	}
}

// control is about as long as ControlFileData before its CRC.
var control = make([]byte, 296)

func TestTheCRCIsCastagnolis(t *testing.T) {
	for i := range control {
		text := append(make([]byte, i), 'x')
		want := crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli))
		if got := ^addCRC(^uint32(0), text); got != want {
			t.Fatalf("%d bytes: got %x, want %x", len(text), got, want)
		}
	}
}

// Run the two with -benchtime 1x: that is how often a start needs its CRC.
func BenchmarkTheCRCBitByBit(b *testing.B) {
	for b.Loop() {
		addCRC(0, control)
	}
}

func BenchmarkTheCRCOfTheStandardLibrary(b *testing.B) {
	for b.Loop() {
		crc32.Update(0, crc32.MakeTable(crc32.Castagnoli), control)
	}
}
