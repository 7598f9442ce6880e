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

// Marks are files in the container that tell a healthcheck what it cannot ask
// the server. They are not on the volume.
const (
	// DoingFile says what a start does while no server runs yet: the process, a
	// line for people, and by its age since when.
	DoingFile = RunDir + "/doing"
	// streamedFile is as old as the last time that this standby was seen to
	// stream since it started.
	streamedFile = RunDir + "/streamed"
	// whyNotFile holds why this standby does not stream, as the last check that
	// asked the primary found it.
	whyNotFile = RunDir + "/why-not"
)

// note writes a mark. Errors are ignored: only the text of the healthcheck
// depends on it.
func note(file, word string) { _ = os.WriteFile(file, []byte(word), 0o600) }

// beginWork makes the folder of the marks, and writes over what an earlier start
// of this container said that it does.
func beginWork() {
	_ = os.Mkdir(RunDir, 0o700)
	_ = os.Remove(DoingFile) // ext4 takes longer to write over a file that has to be cut first
	noteWork(DoingFile, "looking at the volume")
}

// Doing notes what this start does now. A command beside a server that runs has
// begun no work, and notes nothing.
func Doing(what string) {
	if text, _ := os.ReadFile(DoingFile); strings.HasPrefix(string(text), strconv.Itoa(os.Getpid())+"\n") {
		noteWork(DoingFile, what)
	}
}

func noteWork(file, what string) { note(file, fmt.Sprintf("%d\n%s\n", os.Getpid(), what)) }

// UnderWay is what a start that runs in this container says that it does. It
// is nothing once that process has become postgres, or has ended.
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

// isEntrypoint tells this program from the postgres that it becomes.
func isEntrypoint(proc, process string) bool {
	if _, err := strconv.Atoi(process); err != nil {
		return false
	}
	name, err := os.ReadFile(proc + "/" + process + "/comm")
	return err == nil && strings.TrimSpace(string(name)) == "pgreplica"
}

// Streamed notes when this standby was last seen to stream.
func Streamed(at time.Time) {
	note(streamedFile, "")
	_ = os.Chtimes(streamedFile, at, at)
}

// SinceStreamed is how long ago that was; it was never in this start where it
// is not known.
func SinceStreamed() (since time.Duration, known bool) {
	info, err := os.Stat(streamedFile)
	if err != nil {
		return 0, false
	}
	return time.Since(info.ModTime()), true
}

// ForgetStreaming begins a start that has not streamed yet.
func ForgetStreaming() error {
	for _, file := range []string{streamedFile, whyNotFile} {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// KeepWhyNot keeps why this standby does not stream, so that a check every few
// seconds does not ask the primary as often; nil is for no reason that the
// primary knows.
func KeepWhyNot(why *pg.Fault) {
	text := ""
	if why != nil {
		text = strings.Join([]string{why.ID, why.Text, why.Fix}, "\n")
	}
	note(whyNotFile, text)
}

// RecallWhyNot is what KeepWhyNot kept, where that is fresh.
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
