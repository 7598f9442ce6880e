package pgctl

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAFailureShowsTheProgramsError(t *testing.T) {
	fake(t, "fail")
	err := VerifyBackup(context.Background(), "/data", silent)
	if err == nil || err.Error() != "pg_verifybackup: pg_verifybackup: error: what is wrong" {
		t.Errorf("got %v", err)
	}
}

func TestAMissingProgramIsNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := VerifyBackup(context.Background(), "/data", silent); err == nil || !strings.Contains(err.Error(), "pg_verifybackup") {
		t.Errorf("got %v", err)
	}
}

// TestNothingOutlivesACancelledProgram cancels a program that ignores SIGTERM
// and has a child that does so too.
func TestNothingOutlivesACancelledProgram(t *testing.T) {
	fake(t, "hang")
	pids := filepath.Join(t.TempDir(), "pids")
	t.Setenv("FAKE_PIDS", pids)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(pids); err == nil {
				cancel()
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	began := time.Now()
	err := BaseBackup{Dir: "/data"}.Run(ctx, func(Progress) {}, func(Silence) {}, silent)
	if err == nil || time.Since(began) > grace+3*time.Second {
		t.Errorf("took %s, error %v", time.Since(began), err)
	}
	text, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	var parent, child int
	if _, err := fmt.Sscan(string(text), &parent, &child); err != nil {
		t.Fatal(err)
	}
	for _, pid := range []int{parent, child} {
		if alive(pid) {
			t.Errorf("process %d lives on", pid)
		}
	}
}

// alive is false of a zombie, which only its new parent can reap.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}
