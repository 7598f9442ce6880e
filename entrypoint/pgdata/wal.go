package pgdata

import (
	"errors"
	"fmt"
	"io"
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

// WALTail returns the last file of a timeline's WAL, from its start to the end
// of WAL. It begins a file earlier, where that one is there, if the last one
// has no more than a page: two forks may well look alike for so long.
func WALTail(dir string, t pg.Timeline, end pg.LSN, segmentSize uint64) (start pg.LSN, data []byte, err error) {
	file := pg.LSN(segmentSize)
	last := (end - 1) / file * file
	data, err = readWAL(dir, t, last, end, segmentSize)
	if err != nil || end-last > pg.WALPage {
		return last, data, err
	}
	before, err := readWAL(dir, t, last-file, last, segmentSize)
	if errors.Is(err, fs.ErrNotExist) { // its timeline began in the last file
		return last, data, nil
	}
	return last - file, append(before, data...), err
}

// readWAL reads from the begin of a file, and no further than that file.
func readWAL(dir string, t pg.Timeline, start, end pg.LSN, segmentSize uint64) ([]byte, error) {
	file, err := os.Open(filepath.Join(dir, "pg_wal", pg.WALFile(t, start, segmentSize)))
	if err != nil {
		return nil, fmt.Errorf("read WAL: %w", err)
	}
	defer file.Close()
	data := make([]byte, end-start)
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, fmt.Errorf("read WAL: %s ends before %s: %w", file.Name(), end, err)
	}
	return data, nil
}
