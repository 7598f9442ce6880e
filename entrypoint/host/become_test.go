package host

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"pgreplica/integration/apart"
)

// TestNothingOfRootIsKept becomes the server's user, in a process of its own that has
// a group of root's.
func TestNothingOfRootIsKept(t *testing.T) {
	const group = 4711
	if apart.Inside(t) {
		if err := BecomeServerUser(); err != nil {
			t.Fatal(err)
		}
		groups, _ := os.Getgroups()
		status, _ := os.ReadFile("/proc/self/status")
		fmt.Printf("groups %v\nhome %s\n%s", groups, os.Getenv("HOME"), status)
		return
	}
	uid, gid, err := ServerIDs()
	if err != nil || os.Getuid() != 0 {
		t.Skip("needs root and a user " + ServerUser)
	}
	cmd := apart.Command(t)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Groups: []uint32{0, group}}}
	said := strings.ReplaceAll(apart.Output(t, cmd), "\t", " ")
	for _, line := range []string{fmt.Sprintf("Uid: %[1]d %[1]d %[1]d %[1]d\n", uid), fmt.Sprintf("Gid: %[1]d %[1]d %[1]d %[1]d\n", gid), "home " + home} {
		if !strings.Contains(said, line) {
			t.Errorf("it does not say %q:\n%s", line, said)
		}
	}
	groups, _, _ := strings.Cut(said, "\n")
	if groups = strings.NewReplacer("[", " ", "]", " ").Replace(groups); strings.Contains(groups, " 0 ") || strings.Contains(groups, fmt.Sprintf(" %d ", group)) {
		t.Errorf("it has groups of root: %s", groups)
	}
}
