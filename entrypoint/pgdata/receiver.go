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
	found := pg.NoReceiver
	processes, err := filepath.Glob(filepath.Join(proc, "[0-9]*"))
	if err != nil || postmaster == "" {
		return pg.NotKnown
	}
	for _, process := range processes {
		line, _ := os.ReadFile(filepath.Join(process, "cmdline")) // it may have ended
		title := strings.TrimRight(string(line), "\x00 ")
		if receiverTitle().MatchString(title) && parent(process) == postmaster {
			found = pg.NotKnown
			if strings.Contains(title[strings.LastIndex(title, "walreceiver"):], " streaming ") {
				return pg.Streams
			}
		}
	}
	return found
}

// receiverTitle matches the title of a walreceiver. With a cluster_name that stands
// in it, and with update_process_title = off what the process does is left out.
var receiverTitle = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^postgres: (.*: )?walreceiver( |$)`)
})

// parent is the id of the process that started another; empty where it has ended.
// The name of a process, in brackets, may hold anything.
func parent(process string) string {
	stat, _ := os.ReadFile(filepath.Join(process, "stat"))
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 2 {
		return ""
	}
	return fields[1]
}
