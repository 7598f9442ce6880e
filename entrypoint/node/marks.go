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
func beginWork() error {
	if err := os.Mkdir(RunDir, 0o700); errors.Is(err, fs.ErrExist) {
		if err := pgdata.CheckFolder(RunDir); err != nil {
			return err
		}
	}
	_ = os.Remove(DoingFile) // on ext4 this is faster than truncating the file
	noteWork(DoingFile, "looking at the volume")
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

// ForgetStreaming removes what was noted of the standby's streaming before this
// start.
func ForgetStreaming() error {
	for _, path := range []string{streamedFile, whyNotFile} {
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
