package node

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"pgreplica/entrypoint/file"
	"pgreplica/entrypoint/pg"
)

// SlotsRead notes which slots of this server are read now, by their names, beside
// those of earlier healthchecks.
func SlotsRead(names []string) {
	now := strconv.FormatInt(time.Now().Unix(), 10)
	last := LastRead()
	lines := ""
	for _, name := range names {
		delete(last, name)
		lines += name + " " + now + "\n"
	}
	for name, at := range last {
		lines += name + " " + strconv.FormatInt(at.Unix(), 10) + "\n"
	}
	note(readFile, lines)
}

// LastRead is when the healthchecks last found slots of this server read.
func LastRead() map[string]time.Time { return lastRead(readFile) }

func lastRead(path string) map[string]time.Time {
	text, _ := file.Read(path, file.MostNote)
	last := map[string]time.Time{}
	for line := range strings.Lines(string(text)) {
		name, at, _ := strings.Cut(strings.TrimSpace(line), " ")
		if seconds, err := strconv.ParseInt(at, 10, 64); err == nil {
			last[name] = time.Unix(seconds, 0)
		}
	}
	return last
}

// Streamed notes when this standby was last found streaming.
func Streamed(at time.Time) {
	note(streamedFile, "")
	_ = os.Chtimes(streamedFile, at, at)
}

// SinceStreamed is how long ago this standby was last found streaming. It is not
// known where that has not happened since the start.
func SinceStreamed() (since time.Duration, known bool) {
	info, err := os.Stat(streamedFile)
	if err != nil {
		return 0, false
	}
	return time.Since(info.ModTime()), true
}

// Replayed notes how far a standby has replayed. It returns how long ago a look saw
// that move; moved is false where none did since the start.
func Replayed(to pg.LSN) (since time.Duration, moved bool) { return replayed(replayedFile, to) }

func replayed(path string, to pg.LSN) (since time.Duration, moved bool) {
	never := time.Unix(0, 0)
	text, noted, err := readMark(path)
	switch {
	case err != nil:
		note(path, to.String())
		_ = os.Chtimes(path, never, never)
		return 0, false
	case text != to.String():
		note(path, to.String())
		return 0, true
	}
	return time.Since(noted), !noted.Equal(never)
}

// ForgetStreaming removes what was noted of the standby's streaming before this
// start.
func ForgetStreaming() error {
	for _, path := range []string{streamedFile, replayedFile, whyNotFile} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// KeepWhyNot notes why this standby does not stream, so that not every healthcheck
// asks the primary. A nil fault notes that the primary knows of no reason.
func KeepWhyNot(why *pg.Fault) {
	text := ""
	if why != nil {
		text = strings.Join([]string{why.ID, why.Text, why.Fix}, "\n")
	}
	note(whyNotFile, text)
}

// RecallWhyNot returns what KeepWhyNot noted. It is fresh for as long as
// WhyNotAgain.
func RecallWhyNot() (why *pg.Fault, fresh bool) {
	text, noted, err := readMark(whyNotFile)
	if err != nil || time.Since(noted) > WhyNotAgain {
		return nil, false
	}
	words := strings.SplitN(text, "\n", 3)
	if len(words) < 3 {
		return nil, true
	}
	return &pg.Fault{ID: words[0], Text: words[1], Fix: words[2]}, true
}
