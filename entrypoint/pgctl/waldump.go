package pgctl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"pgreplica/entrypoint/pg"
)

// EndOfWAL is where the WAL of a stopped cluster ends on its own timeline,
// which is how far recovery would replay it. It is found with PostgreSQL's own
// reader, pg_waldump. A standby need not have the WAL up to its minimum
// recovery point, for its data holds that already; where WAL ends before, that
// point is the end.
func EndOfWAL(ctx context.Context, dir string, c Control) (pg.LSN, error) {
	d := walDump{dir: filepath.Join(dir, "pg_wal"), timeline: c.Timeline(), size: c.SegmentSize}
	from := c.Checkpoint
	if c.MinRecoveryTimeline > c.CheckpointTimeline {
		from = c.MinRecovery // the end of a record; the checkpoint is on the timeline before
	}
	var err error
	if d.limit, err = d.filesEnd(from); err != nil {
		return 0, err
	}
	if d.limit <= from && from == c.MinRecovery {
		return from, nil
	}
	if d.limit <= from {
		return 0, fmt.Errorf("%s lacks %s, the WAL of the last checkpoint: put it back, or copy the cluster anew", d.dir, pg.WALFile(d.timeline, from, d.size))
	}
	last, err := d.lastRecord(ctx, from)
	if errors.Is(err, errNoRecord) && from == c.MinRecovery {
		return from, nil
	}
	if err != nil {
		return 0, fmt.Errorf("find the end of WAL after %s: %w", from, err)
	}
	return max(last.end(c.SegmentSize), c.MinRecovery), nil
}

// A walDump reads the WAL of one timeline up to a limit, the end of its last
// file: without a limit pg_waldump would wait five seconds for the next file,
// and fail.
type walDump struct {
	dir      string // pg_wal
	timeline pg.Timeline
	size     uint64 // of a WAL file, in bytes
	limit    pg.LSN
}

// filesEnd is where the first file begins that is missing after from. The files
// may go far beyond the end of WAL: PostgreSQL keeps files for later use.
func (d walDump) filesEnd(from pg.LSN) (pg.LSN, error) {
	end := from - from%pg.LSN(d.size)
	for {
		_, err := os.Stat(filepath.Join(d.dir, pg.WALFile(d.timeline, end, d.size)))
		if errors.Is(err, fs.ErrNotExist) {
			return end, nil
		}
		if err != nil {
			return 0, fmt.Errorf("look for WAL: %w", err)
		}
		end += pg.LSN(d.size)
	}
}

// lastRecord reads the WAL twice. The first pass prints nothing, which is ten
// times as fast, and finds where the last record begins; the second prints that
// record. Where WAL fills the files up to the limit, the second pass prints the
// last file.
func (d walDump) lastRecord(ctx context.Context, from pg.LSN) (walRecord, error) {
	stop, err := d.run(ctx, from, io.Discard, "--stats") // 13 has no --quiet
	if err != nil {
		return walRecord{}, err
	}
	file := pg.LSN(d.size)
	if stop == 0 {
		stop = max(from, d.limit-file)
	}
	for {
		var out lastRecordWriter
		_, err := d.run(ctx, stop, &out)
		switch {
		case err == nil:
			return parseRecord(out.line)
		case errors.Is(err, errNoRecord) && stop > from: // a record longer than a file
			stop = max(from, stop-file)
		default:
			return walRecord{}, err
		}
	}
}

var (
	errNoRecord    = errors.New("no record follows")
	lastGoodRecord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`error in WAL record at ([0-9A-F]+/[0-9A-F]+): `) })
)

// run returns where the last good record begins, or 0 where WAL fills the files
// up to the limit. pg_waldump reports the end of WAL as an error, which names
// that record; errNoRecord means that there is none after from.
func (d walDump) run(ctx context.Context, from pg.LSN, stdout io.Writer, args ...string) (pg.LSN, error) {
	args = append(args, "--path="+d.dir, "--timeline="+strconv.Itoa(int(d.timeline)), "--start="+from.String(), "--end="+d.limit.String())
	err := run(ctx, job{program: "pg_waldump", args: args, env: []string{"LC_ALL=C"}, stdout: stdout, onLine: func(string, string) {}})
	failure, ok := errors.AsType[*ProgramError](err)
	if !ok {
		return 0, err
	}
	if found := lastGoodRecord().FindStringSubmatch(failure.Line); found != nil {
		return pg.ParseLSN(found[1])
	}
	if strings.Contains(failure.Line, "could not find a valid record after") {
		return 0, fmt.Errorf("%w: %w", errNoRecord, err)
	}
	return 0, err
}

// A lastRecordWriter keeps the last line that begins as a record does. The
// other lines belong to the record before: the name of a restore point may have
// several.
type lastRecordWriter struct {
	rest []byte
	line string
}

func (l *lastRecordWriter) Write(text []byte) (int, error) {
	l.rest = append(l.rest, text...)
	if end := bytes.LastIndexByte(l.rest, '\n'); end >= 0 {
		whole := l.rest[:end]
		if begin := bytes.LastIndex(append([]byte("\n"), whole...), []byte("\nrmgr: ")); begin >= 0 {
			line, _, _ := bytes.Cut(whole[begin:], []byte("\n"))
			l.line = string(line)
		}
		l.rest = append(l.rest[:0], l.rest[end+1:]...)
	}
	return len(text), nil
}

type walRecord struct {
	at       pg.LSN
	length   uint64
	isSwitch bool // pg_switch_wal wrote it: the rest of the file is unused
}

var recordLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^rmgr: (\S+) +len \(rec/tot\): +\d+/ *(\d+), .*?lsn: ([0-9A-F]+/[0-9A-F]+), .*?desc: (\S+)`)
})

// parseRecord reads a line of pg_waldump: "rmgr: XLOG  len (rec/tot):  114/
// 114, tx:  0, lsn: 0/02794A68, prev 0/02794A40, desc: CHECKPOINT_SHUTDOWN ...".
func parseRecord(line string) (walRecord, error) {
	words := recordLine().FindStringSubmatch(line)
	if words == nil {
		return walRecord{}, fmt.Errorf("pg_waldump: %q is not a record: is it of the data directory's version?", line)
	}
	length, err := strconv.ParseUint(words[2], 10, 32)
	if err != nil {
		return walRecord{}, fmt.Errorf("pg_waldump: %q: %w", line, err)
	}
	at, err := pg.ParseLSN(words[3])
	return walRecord{at, length, words[1] == "XLOG" && words[4] == "SWITCH"}, err
}

// end is the first byte after the record, in WAL files of size bytes. A record
// goes on after the header of each page that it crosses, and takes a multiple
// of eight bytes.
func (r walRecord) end(size uint64) pg.LSN {
	const header, firstHeader = 24, 40 // of a page, and of a file's first page
	at, left := uint64(r.at), (r.length+7)&^7
	if r.isSwitch {
		return pg.LSN(at - at%size + size)
	}
	for room := pg.WALPage - at%pg.WALPage; left > room; room = pg.WALPage - at%pg.WALPage {
		at, left = at+room, left-room
		if at%size == 0 {
			at += firstHeader
		} else {
			at += header
		}
	}
	return pg.LSN(at + left)
}
