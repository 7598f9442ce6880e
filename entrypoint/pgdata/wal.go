package pgdata

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"pgreplica/entrypoint/file"
	"pgreplica/entrypoint/pg"
)

// TimelineHistory reads the history file of a timeline of the cluster in dir. The
// history of timeline 1, which has no file, is nil.
func TimelineHistory(dir string, t pg.Timeline) (pg.History, error) {
	if t == 1 {
		return nil, nil
	}
	path := filepath.Join(dir, "pg_wal", pg.HistoryFile(t))
	text, err := file.Read(path, file.MostOwn)
	if err != nil {
		return nil, fmt.Errorf("read timeline history: %w", err)
	}
	history, err := pg.ParseHistory(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return history, nil
}

// WALTail returns the last bytes of a timeline's WAL, up to end, and the position
// of the first of them. They are the last of the last file, at most most and at
// least a page. Where that file has no more than a page, the last bytes of the
// file before it, if it is there, come first: two servers that parted may well
// have the same first page.
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

// readWAL reads the bytes from start to end, which one file has to hold.
func readWAL(dir string, t pg.Timeline, start, end pg.LSN, segmentSize uint64) ([]byte, error) {
	opened, err := file.Open(filepath.Join(dir, "pg_wal", pg.WALFile(t, start, segmentSize)))
	if err != nil {
		return nil, fmt.Errorf("read WAL: %w", err)
	}
	defer opened.Close()
	data := make([]byte, end-start)
	if _, err := opened.ReadAt(data, int64(uint64(start)%segmentSize)); err != nil {
		return nil, fmt.Errorf("read WAL: %s ends before %s: %w", opened.Name(), end, err)
	}
	return data, nil
}
