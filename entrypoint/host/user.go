package host

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"pgreplica/entrypoint/pg"
)

// ServerUser is the user that PostgreSQL runs as, and home that user's folder.
const (
	ServerUser = "postgres"
	home       = "/var/lib/postgresql"
)

// ServerIDs are the uid and the gid of the user postgres in /etc/passwd.
func ServerIDs() (uid, gid int, err error) {
	account, found := findAccount(func(name, _ string) bool { return name == ServerUser })
	if !found {
		return 0, 0, fmt.Errorf("/etc/passwd has no user %s", ServerUser)
	}
	uid, errUID := strconv.Atoi(account[2])
	gid, errGID := strconv.Atoi(account[3])
	return uid, gid, errors.Join(errUID, errGID)
}

// OwnName is the name of the user that this process runs as, which peer
// authentication needs; empty where /etc/passwd has no name for it.
func OwnName() string {
	account, found := findAccount(func(_, uid string) bool { return uid == strconv.Itoa(os.Getuid()) })
	if !found {
		return ""
	}
	return account[0]
}

// serverGroups are the groups that the server's user has in /etc/group, and gid,
// its first one. Debian's packages put the user into ssl-cert, whose files hold the
// keys of certificates.
func serverGroups(gid int) []int {
	text, _ := os.ReadFile("/etc/group") // without it the user has no other group
	return groupsOf(ServerUser, gid, string(text))
}

// groupsOf are gid and the groups of group(5) that have a user among their members.
func groupsOf(user string, gid int, text string) []int {
	groups := []int{gid}
	for line := range strings.Lines(text) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) != 4 || !slices.Contains(strings.Split(fields[3], ","), user) {
			continue
		}
		if other, err := strconv.Atoi(fields[2]); err == nil && other != gid {
			groups = append(groups, other)
		}
	}
	return groups
}

// accounts is /etc/passwd, read once: package os/user reads it at each question.
var accounts = sync.OnceValue(func() string {
	text, _ := os.ReadFile("/etc/passwd") // without it nobody has a name
	return string(text)
})

// findAccount returns the fields of passwd(5) of the first account that matches.
func findAccount(matches func(name, uid string) bool) (fields []string, found bool) {
	for line := range strings.Lines(accounts()) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if len(fields) == 7 && matches(fields[0], fields[2]) {
			return fields, true
		}
	}
	return nil, false
}

// BecomeServerUser makes a process of root's one of the user postgres, for good,
// and sets its HOME. A process of any other user stays as it is.
func BecomeServerUser() error {
	if os.Getuid() != 0 {
		return nil
	}
	uid, gid, err := ServerIDs()
	if err != nil {
		return err
	}
	if err := errors.Join(syscall.Setgroups(serverGroups(gid)), syscall.Setgid(gid), syscall.Setuid(uid)); err != nil {
		return &pg.Fault{Text: fmt.Sprintf("the container cannot become the user %s: %v", ServerUser, err), Exit: 77, Err: err,
			Fix: fmt.Sprintf("Let it, with cap_add: [SETUID, SETGID] in the compose file, or start it as that user: user: '%d:%d'.", uid, gid)}
	}
	if real, effective, saved := unix.Getresuid(); real != uid || effective != uid || saved != uid {
		return errors.New("root could not be given up")
	}
	return os.Setenv("HOME", home)
}
