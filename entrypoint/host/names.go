package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// borrowed are the variables through which libnss_wrapper answers for
// /etc/passwd and /etc/group.
var borrowed = []string{"LD_PRELOAD", "NSS_WRAPPER_PASSWD", "NSS_WRAPPER_GROUP"}

// BorrowName calls the user that we run as postgres, for the programs that are
// started until ReturnName: initdb and a single-user server ask for a name, and
// a container's user: may have none. The official images bring the library. Its
// files are written into folder.
func BorrowName(folder string) error {
	wrapper := ""
	for _, place := range []string{"/lib/*/libnss_wrapper.so", "/lib/libnss_wrapper.so"} {
		if found, _ := filepath.Glob("/usr" + place); wrapper == "" && len(found) > 0 {
			wrapper = found[0]
		}
	}
	if OwnName() != "" || wrapper == "" { // without the library initdb says that it needs a name
		return nil
	}
	passwd, group := folder+"/passwd", folder+"/group"
	err := errors.Join(os.WriteFile(passwd, fmt.Appendf(nil, "postgres:x:%d:%d::%s:/bin/false\n", os.Getuid(), os.Getgid(), home), 0o600),
		os.WriteFile(group, fmt.Appendf(nil, "postgres:x:%d:\n", os.Getgid()), 0o600))
	for i, value := range []string{wrapper, passwd, group} {
		err = errors.Join(err, os.Setenv(borrowed[i], value))
	}
	return err
}

// ReturnName leaves the server its own user.
func ReturnName() {
	for _, name := range borrowed {
		_ = os.Unsetenv(name) // fails for an empty name alone
	}
}
