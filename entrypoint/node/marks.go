package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"pgreplica/entrypoint/pg"
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
	// replayedFile holds how far a standby that does not stream has replayed. It was
	// modified when a look saw that it had moved, and is of 1970 where none did.
	replayedFile = RunDir + "/replayed"
	// whyNotFile holds why this standby does not stream, as the last healthcheck
	// that asked the primary found out.
	whyNotFile = RunDir + "/why-not"
)

// note writes a mark. Errors are ignored: only the text of the healthcheck
// depends on it.
func note(file, word string) { _ = os.WriteFile(file, []byte(word), 0o600) }

// beginWork makes the folder of the marks, and replaces what an earlier start of
// this container said that it did.
func beginWork(what string) {
	_ = os.Mkdir(RunDir, 0o700)
	_ = os.Remove(DoingFile) // on ext4 this is faster than truncating the file
	noteWork(DoingFile, what)
}

// Doing notes what this start does now. A command beside a server that runs has
// begun no work, and notes nothing.
func Doing(what string) {
	if text, _ := os.ReadFile(DoingFile); strings.HasPrefix(string(text), strconv.Itoa(os.Getpid())+"\n") {
		noteWork(DoingFile, what)
	}
}

func noteWork(file, what string) { note(file, fmt.Sprintf("%d\n%s\n", os.Getpid(), what)) }

// UnderWay returns what a start in this container says that it does. It finds
// nothing once the process of that start has become postgres, or has ended.
func UnderWay() (what string, found bool) { return underWay(DoingFile, "/proc") }

func underWay(file, proc string) (what string, found bool) {
	info, errStat := os.Stat(file)
	text, err := os.ReadFile(file)
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

func replayed(file string, to pg.LSN) (since time.Duration, moved bool) {
	never := time.Unix(0, 0)
	info, errStat := os.Stat(file)
	text, err := os.ReadFile(file)
	switch {
	case errors.Join(errStat, err) != nil:
		note(file, to.String())
		_ = os.Chtimes(file, never, never)
		return 0, false
	case string(text) != to.String():
		note(file, to.String())
		return 0, true
	}
	return time.Since(info.ModTime()), !info.ModTime().Equal(never)
}

// ForgetStreaming removes what was noted of the standby's streaming before this
// start.
func ForgetStreaming() error {
	for _, file := range []string{streamedFile, replayedFile, whyNotFile} {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
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
	text, err := os.ReadFile(whyNotFile)
	if errors.Join(errStat, err) != nil || time.Since(info.ModTime()) > WhyNotAgain {
		return nil, false
	}
	words := strings.SplitN(string(text), "\n", 3)
	if len(words) < 3 {
		return nil, true
	}
	return &pg.Fault{ID: words[0], Text: words[1], Fix: words[2]}, true
}
