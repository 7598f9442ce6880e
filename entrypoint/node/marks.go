package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"pgreplica/entrypoint/file"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
)

// Marks are files in which a healthcheck finds what it cannot ask the server. They
// are in the container, not on the volume.
const (
	// DoingFile says what a start does while no server runs yet: the id of its
	// process, and a line for people. It was written when the start began to do so.
	DoingFile = RunDir + "/doing"
	// streamedFile was modified when this standby was last found streaming. It is
	// not there where that has not happened since the start.
	streamedFile = RunDir + "/streamed"
	// readyFile was written when a healthcheck last found this server ready.
	readyFile = RunDir + "/ready"
	// readFile holds which slots of this server were found read, and when.
	readFile = RunDir + "/read"
	// replayedFile holds how far a standby that does not stream has replayed. It was
	// modified when a look saw that it had moved, and is of 1970 where none did.
	replayedFile = RunDir + "/replayed"
	// whyNotFile holds why this standby does not stream, as the last healthcheck
	// that asked the primary found out.
	whyNotFile = RunDir + "/why-not"
)

// note writes a mark. Errors are ignored: only the text of the healthcheck
// depends on it.
func note(path, word string) { _ = file.Note(path, word) }

// beginWork makes the folder of the marks, and replaces what an earlier start of
// this container said that it did. SocketDir may be a volume that others write to:
// a link in the folder's place could lead anywhere.
func beginWork(what string) error {
	if err := os.Mkdir(RunDir, 0o700); errors.Is(err, fs.ErrExist) {
		if err := pgdata.CheckFolder(RunDir); err != nil {
			return err
		}
	}
	_ = os.Remove(DoingFile) // on ext4 this is faster than truncating the file
	noteWork(DoingFile, what)
	return nil
}

// Doing notes what this start does now. A command beside a server that runs has
// begun no work, and notes nothing.
func Doing(what string) {
	if text, _ := file.Read(DoingFile, file.MostNote); strings.HasPrefix(string(text), strconv.Itoa(os.Getpid())+"\n") {
		noteWork(DoingFile, what)
	}
}

func noteWork(path, what string) { note(path, fmt.Sprintf("%d\n%s\n", os.Getpid(), what)) }

// UnderWay returns what a start in this container says that it does. It finds
// nothing once the process of that start has become postgres, or has ended.
func UnderWay() (what string, found bool) { return underWay(DoingFile, "/proc") }

func underWay(path, proc string) (what string, found bool) {
	info, errStat := os.Stat(path)
	text, err := file.Read(path, file.MostNote)
	process, what, _ := strings.Cut(string(text), "\n")
	if errors.Join(errStat, err) != nil || !isEntrypoint(proc, process) {
		return "", false
	}
	if !strings.HasSuffix(what, "\n") { // it is being written
		return "preparing the server", true
	}
	what = strings.TrimSpace(what)
	if age := time.Since(info.ModTime()); age > workLimit {
		what += ", for " + age.Round(time.Second).String()
	}
	return what, true
}

// isEntrypoint says whether a process runs this program, and not the postgres that
// it becomes. proc is /proc.
func isEntrypoint(proc, process string) bool {
	if _, err := strconv.Atoi(process); err != nil {
		return false
	}
	name, err := os.ReadFile(proc + "/" + process + "/comm")
	return err == nil && strings.TrimSpace(string(name)) == "pgreplica"
}

// Stalled says whether a start that is under way has not come any further for so
// long that a healthcheck does not wait for it: it waits itself, for its primary
// most often, or copies and gets nothing.
func Stalled() bool { return stalled(DoingFile, "/proc") }

func stalled(path, proc string) bool {
	info, errStat := os.Stat(path)
	text, err := file.Read(path, file.MostNote)
	process, what, _ := strings.Cut(string(text), "\n")
	switch {
	case errors.Join(errStat, err) != nil:
		return false
	case strings.HasPrefix(what, "waiting "): // noted anew at each try
		return ageOf(proc, process) > stallLimit
	case strings.HasPrefix(what, "copying "): // noted anew as it goes on
		return time.Since(info.ModTime()) > stallLimit
	}
	return false
}

// ageOf is how long ago a process began; 0 where that is not known.
func ageOf(proc, process string) time.Duration {
	const ticks, place = 100, 19 // a second has; in /proc/ID/stat, behind the name
	stat, _ := os.ReadFile(proc + "/" + process + "/stat")
	up, _ := os.ReadFile(proc + "/uptime")
	fields, seconds := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:])), strings.Fields(string(up))
	if len(fields) <= place || len(seconds) == 0 {
		return 0
	}
	began, errBegan := strconv.ParseFloat(fields[place], 64)
	now, errNow := strconv.ParseFloat(seconds[0], 64)
	if errors.Join(errBegan, errNow) != nil {
		return 0
	}
	return time.Duration((now - began/ticks) * float64(time.Second))
}

// Ready notes that this server has been ready since its start. What a start does is
// noted before that, and never after.
func Ready() { note(readyFile, "") }

// WasReady says whether a healthcheck has found this server ready since its start.
func WasReady() bool { return isLater(readyFile, DoingFile) }

func isLater(path, than string) bool {
	later, err := os.Stat(path)
	earlier, errEarlier := os.Stat(than)
	return errors.Join(err, errEarlier) == nil && later.ModTime().After(earlier.ModTime())
}

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
	info, errStat := os.Stat(path)
	text, err := file.Read(path, file.MostNote)
	switch {
	case errors.Join(errStat, err) != nil:
		note(path, to.String())
		_ = os.Chtimes(path, never, never)
		return 0, false
	case string(text) != to.String():
		note(path, to.String())
		return 0, true
	}
	return time.Since(info.ModTime()), !info.ModTime().Equal(never)
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
	info, errStat := os.Stat(whyNotFile)
	text, err := file.Read(whyNotFile, file.MostNote)
	if errors.Join(errStat, err) != nil || time.Since(info.ModTime()) > WhyNotAgain {
		return nil, false
	}
	words := strings.SplitN(string(text), "\n", 3)
	if len(words) < 3 {
		return nil, true
	}
	return &pg.Fault{ID: words[0], Text: words[1], Fix: words[2]}, true
}
