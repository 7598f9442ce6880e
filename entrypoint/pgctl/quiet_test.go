package pgctl

import (
	"context"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestASilentProgramIsNoticed lets a program stop itself, and goes on with it at the
// first silence.
func TestASilentProgramIsNoticed(t *testing.T) {
	fake(t, "stop")
	var silences []Silence
	var told []string
	quiet := func(s Silence) {
		if silences = append(silences, s); s.Stopped != 0 {
			_ = syscall.Kill(s.Stopped, syscall.SIGCONT)
		}
	}
	err := BaseBackup{Dir: "/data"}.Run(context.Background(), func(Progress) {}, quiet, func(_, line string) { told = append(told, line) })
	if err != nil || len(silences) == 0 || silences[0].Stopped == 0 || silences[0].For < tick || !slices.Contains(told, "went on") {
		t.Errorf("got %v, %+v, %q", err, silences, told)
	}
}

// The child would stay for an hour. How soon its remains are reaped is up to the
// machine.
func TestAProgramThatLeavesAChildIsNotWaitedForBesideIt(t *testing.T) {
	fake(t, "leave")
	limited, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := BaseBackup{Dir: "/data"}.Run(limited, func(Progress) {}, func(Silence) {}, silent)
	if err == nil || !strings.HasSuffix(err.Error(), "error: left a child") {
		t.Errorf("got %v", err)
	}
}
