package pgdata

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"pgreplica/entrypoint/pg"
)

// TimelineHistory is what the history file of a cluster's timeline says.
func TimelineHistory(dir string, t pg.Timeline) (pg.History, error) {
	if t == 1 {
		return nil, nil
	}
	path := filepath.Join(dir, "pg_wal", pg.HistoryFile(t))
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read timeline history: %w", err)
	}
	history, err := pg.ParseHistory(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return history, nil
}

// WALTail returns the last bytes of a timeline's WAL, at most so many of its
// last file, and at least a page. Where that one has no more than a page it takes as many of the file
// before, if it is there: two forks may well look alike for so long.
func WALTail(dir string, t pg.Timeline, end pg.LSN, most, segmentSize uint64) (start pg.LSN, data []byte, err error) {
	file := pg.LSN(segmentSize)
	last := (end - 1) / file * file
	from := func(first, end pg.LSN) pg.LSN { return max(first, end-min(end, max(pg.LSN(most), pg.WALPage))) }
	start = from(last, end)
	data, err = readWAL(dir, t, start, end, segmentSize)
	if err != nil || end-last > pg.WALPage || last == 0 {
		return start, data, err
	}
	earlier := from(last-file, last)
	before, err := readWAL(dir, t, earlier, last, segmentSize)
	if errors.Is(err, fs.ErrNotExist) { // its timeline began in the last file
		return start, data, nil
	}
	return earlier, append(before, data...), err
}

// readWAL reads from one file and no further.
func readWAL(dir string, t pg.Timeline, start, end pg.LSN, segmentSize uint64) ([]byte, error) {
	file, err := os.Open(filepath.Join(dir, "pg_wal", pg.WALFile(t, start, segmentSize)))
	if err != nil {
		return nil, fmt.Errorf("read WAL: %w", err)
	}
	defer file.Close()
	data := make([]byte, end-start)
	if _, err := file.ReadAt(data, int64(uint64(start)%segmentSize)); err != nil {
		return nil, fmt.Errorf("read WAL: %s ends before %s: %w", file.Name(), end, err)
	}
	return data, nil
}
