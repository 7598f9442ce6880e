package pgconf

import "fmt"

// Megabytes of WAL between two checkpoints: PostgreSQL's own defaults at most, a
// percentage of a small volume, and never less than the last, below which a
// server would do little else than checkpoints. PostgreSQL refuses to start with
// less than two segments.
const (
	maxWALMost, maxWALPercent, maxWALLeast = 1 << 10, 10, 128
	minWALMost, minWALPercent, minWALLeast = 80, 5, 32
)

// WALSizes are max_wal_size and min_wal_size for WAL on a volume of that many
// bytes, in segments of that many bytes, as lines for our block. On a large
// volume, or one whose size nobody knows, PostgreSQL's defaults stay: none.
func WALSizes(volumeBytes, segmentBytes uint64) []string {
	megabytes, segment := volumeBytes>>20, segmentBytes>>20
	if megabytes == 0 || megabytes*maxWALPercent/100 >= maxWALMost {
		return nil
	}
	most := max(maxWALLeast, megabytes*maxWALPercent/100, 4*segment)
	least := max(2*segment, min(minWALMost, max(minWALLeast, megabytes*minWALPercent/100)))
	return []string{
		fmt.Sprintf("max_wal_size = %dMB # this volume is small\n", most),
		fmt.Sprintf("min_wal_size = %dMB\n", least),
	}
}

// WithoutWALSizes is initdb's own postgresql.conf with its max_wal_size and
// min_wal_size as comments, so that those of our block count. initdb writes them
// into each file, whatever the volume.
func WithoutWALSizes(initdbs string) string {
	return commentOut(initdbs, "max_wal_size", "min_wal_size")
}
