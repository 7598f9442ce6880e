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

// readMark returns what a mark says, and when it was noted.
func readMark(path string) (text string, noted time.Time, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", time.Time{}, err
	}
	read, err := file.Read(path, file.MostNote)
	return string(read), info.ModTime(), err
}

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
	text, noted, err := readMark(path)
	process, what, _ := strings.Cut(text, "\n")
	if err != nil || !isEntrypoint(proc, process) {
		return "", false
	}
	if !strings.HasSuffix(what, "\n") { // it is being written
		return "preparing the server", true
	}
	what = strings.TrimSpace(what)
	if age := time.Since(noted); age > workLimit {
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
	text, noted, err := readMark(path)
	process, what, _ := strings.Cut(text, "\n")
	switch {
	case err != nil:
		return false
	case strings.HasPrefix(what, "waiting "): // noted anew at each try
		return ageOf(proc, process) > stallLimit
	case strings.HasPrefix(what, "copying "): // noted anew as it goes on
		return time.Since(noted) > stallLimit
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
