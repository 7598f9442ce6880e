package pgdata

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"pgreplica/entrypoint/pg"
)

// Receiver is what the titles of the processes say of the walreceiver that the
// server of dir has. It needs no login, and knows no positions.
func Receiver(dir string) pg.Reception { return receiver("/proc", pidLine(dir, 0)) }

func receiver(proc, postmaster string) pg.Reception {
	if postmaster == "" {
		return pg.NotKnown
	}
	title, _ := child(proc, postmaster, receiverTitle())
	switch {
	case title == "":
		return pg.NoReceiver
	case strings.Contains(title[strings.LastIndex(title, "walreceiver"):], " streaming "):
		return pg.Streams
	}
	return pg.NotKnown
}

// Replaying is the processor time that the server of dir has spent in recovery,
// which grows while that goes on; empty where no process recovers.
func Replaying(dir string) string {
	_, stat := child("/proc", pidLine(dir, 0), startupTitle())
	const user, system = 11, 12
	if len(stat) <= system {
		return ""
	}
	return stat[user] + " " + stat[system]
}

// child is a process of a postmaster by its title: that, and its line in stat behind
// the name.
func child(proc, postmaster string, wanted *regexp.Regexp) (title string, stat []string) {
	processes, _ := filepath.Glob(filepath.Join(proc, "[0-9]*"))
	for _, process := range processes {
		line, _ := os.ReadFile(filepath.Join(process, "cmdline")) // it may have ended
		title = strings.TrimRight(string(line), "\x00 ")
		if !wanted.MatchString(title) {
			continue
		}
		if stat = statOf(process); len(stat) > 1 && stat[1] == postmaster {
			return title, stat
		}
	}
	return "", nil
}

// receiverTitle matches the title of a walreceiver. With a cluster_name that stands
// in it, and with update_process_title = off what the process does is left out.
var receiverTitle = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^postgres: (.*: )?walreceiver( |$)`)
})

var startupTitle = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^postgres: (.*: )?startup( |$)`) })

// statOf is what /proc/ID/stat has behind the name of a process, which stands in
// brackets and may hold anything: its state first, then its parent.
func statOf(process string) []string {
	stat, _ := os.ReadFile(filepath.Join(process, "stat"))
	return strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
}
