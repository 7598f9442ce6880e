package entrypoint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// borrowed are the variables through which libnss_wrapper answers for
// /etc/passwd and /etc/group.
var borrowed = []string{"LD_PRELOAD", "NSS_WRAPPER_PASSWD", "NSS_WRAPPER_GROUP"}

// borrowName calls the user that we run as postgres, for the programs that are
// started until returnName: initdb and a single-user server ask for a name, and
// a container's user: may have none. The official images bring the library.
func borrowName() error {
	wrapper := ""
	for _, place := range []string{"/lib/*/libnss_wrapper.so", "/lib/libnss_wrapper.so"} {
		if found, _ := filepath.Glob("/usr" + place); wrapper == "" && len(found) > 0 {
			wrapper = found[0]
		}
	}
	if ownName() != "" || wrapper == "" { // without it initdb says what it lacks
		return nil
	}
	passwd, group := runDir+"/passwd", runDir+"/group"
	note(passwd, fmt.Sprintf("postgres:x:%d:%d::/var/lib/postgresql:/bin/false\n", os.Getuid(), os.Getgid()))
	note(group, fmt.Sprintf("postgres:x:%d:\n", os.Getgid()))
	var err error
	for i, value := range []string{wrapper, passwd, group} {
		err = errors.Join(err, os.Setenv(borrowed[i], value))
	}
	return err
}

// returnName leaves the server its own user.
func returnName() {
	for _, name := range borrowed {
		_ = os.Unsetenv(name) // fails for an empty name alone
	}
}
