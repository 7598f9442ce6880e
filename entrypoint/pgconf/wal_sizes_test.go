package pgconf

import (
	"strings"
	"testing"
)

func TestWALBetweenCheckpointsFitsTheVolume(t *testing.T) {
	const segment = 16 << 20
	for _, c := range []struct {
		volume, segment uint64
		max, min        string
	}{
		{0, segment, "", ""}, // unknown
		{1 << 20, segment, "128MB", "32MB"},
		{600 << 20, segment, "128MB", "32MB"},
		{600 << 20, 0, "128MB", "32MB"},
		{4 << 30, segment, "409MB", "80MB"},
		{4 << 30, 64 << 20, "409MB", "128MB"}, // PostgreSQL asks for two segments
		{4 << 30, 1 << 30, "4096MB", "2048MB"},
		{11 << 30, segment, "", ""}, // PostgreSQL's own
		{1<<64 - 1, segment, "", ""},
	} {
		conf := strings.Join(WALSizes(c.volume, c.segment), "")
		most, _ := Setting(conf, "max_wal_size")
		least, _ := Setting(conf, "min_wal_size")
		if most != c.max || least != c.min {
			t.Errorf("%d bytes, segments of %d: got %q and %q, want %q and %q", c.volume, c.segment, most, least, c.max, c.min)
		}
	}
}

func TestOnlyTheSizesOfWALBecomeComments(t *testing.T) {
	got := WithoutWALSizes("max_wal_size = 1GB\n#x\nwork_mem=4MB\nMin_WAL_Size '80MB'\n")
	if want := "#max_wal_size = 1GB\n#x\nwork_mem=4MB\n#Min_WAL_Size '80MB'\n"; got != want {
		t.Errorf("got %q", got)
	}
}
