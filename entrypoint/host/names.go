package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"pgreplica/entrypoint/file"
)

// borrowed are the variables through which libnss_wrapper answers for
// /etc/passwd and /etc/group.
var borrowed = []string{"LD_PRELOAD", "NSS_WRAPPER_PASSWD", "NSS_WRAPPER_GROUP"}

// BorrowName gives the user of this process the name postgres, for the programs
// that are started until ReturnName: initdb and a single-user server ask for a
// name, and a user that a container is given by number may have none. It does
// nothing where the user has a name, or where the image has no libnss_wrapper,
// which the official images have. The library's files are written into folder.
func BorrowName(folder string) error {
	if OwnName() != "" {
		return nil
	}
	wrapper := findWrapper()
	if wrapper == "" { // initdb then says that it needs a name
		return nil
	}
	passwd, group := folder+"/passwd", folder+"/group"
	err := errors.Join(write(passwd, fmt.Sprintf("postgres:x:%d:%d::%s:/bin/false\n", os.Getuid(), os.Getgid(), home)),
		write(group, fmt.Sprintf("postgres:x:%d:\n", os.Getgid())))
	for i, value := range []string{wrapper, passwd, group} {
		err = errors.Join(err, os.Setenv(borrowed[i], value))
	}
	return err
}

func write(path, text string) error {
	made, err := file.New(path)
	if err != nil {
		return err
	}
	_, err = made.WriteString(text)
	return errors.Join(err, made.Close())
}

// findWrapper is the path of libnss_wrapper; empty where the image has none. The
// search reads every folder of /usr/lib.
func findWrapper() string {
	for _, place := range []string{"/usr/lib/*/libnss_wrapper.so", "/usr/lib/libnss_wrapper.so"} {
		if found, _ := filepath.Glob(place); len(found) > 0 {
			return found[0]
		}
	}
	return ""
}

// ReturnName takes back what BorrowName has set: the server needs no name.
func ReturnName() {
	for _, name := range borrowed {
		_ = os.Unsetenv(name) // fails for an empty name alone
	}
}
