package host

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAProcessThatHangsIsEnded runs this test in a process of its own, which opens
// a FIFO that nobody writes to.
func TestAProcessThatHangsIsEnded(t *testing.T) {
	if fifo := os.Getenv("HANG_AT"); fifo != "" {
		EndAfter(time.Minute)()
		stop := EndAfter(50 * time.Millisecond)
		if fifo == "nothing" {
			stop()
			time.Sleep(200 * time.Millisecond)
			return
		}
		_, _ = syscall.Open(fifo, syscall.O_RDONLY, 0)
		return
	}
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{fifo: "killed", "nothing": ""} {
		cmd := exec.Command(os.Args[0], "-test.run=TestAProcessThatHangsIsEnded")
		cmd.Env = append(os.Environ(), "HANG_AT="+at)
		said, err := cmd.CombinedOutput()
		got := ""
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) || want == "" && err != nil {
			t.Errorf("%s: %v\n%s", at, err, said)
		}
	}
}
