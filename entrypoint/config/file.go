package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"pgreplica/entrypoint/file"
)

const largest = file.MostNote // bytes of an X_FILE; a password is no larger

// readFile returns the text of the file that a variable X_FILE names, without the
// newlines at its end, as the official image's $(<file) does. Where it cannot, it
// notes the mistake and returns nothing.
func readFile(variable, path string, found *mistakes) string {
	text, err := file.Read(path, largest)
	value := strings.TrimRight(string(text), "\n")
	switch {
	case errors.Is(err, fs.ErrPermission):
		found.put(Mistake{ID: "env-value", Variable: variable, What: err.Error() + " (" + ownership(path) + ")", Denied: true,
			Remedy: fmt.Sprintf("Make the file readable for uid %d, or start the container as root.", os.Geteuid())})
	case isFolder(path):
		found.add(variable, "read "+path+": is a directory",
			"Docker makes a directory where the file to mount is missing: remove it, write the file, remake the container.")
	case isUnfit(err):
		found.add(variable, err.Error(), "Check that it is the right file.")
	case err != nil:
		found.add(variable, err.Error()+" ("+ownership(path)+")", "Check the path, and that the secret is mounted there.")
	case value == "":
		found.add(variable, "file "+path+" is empty", "Write the value into it, or unset "+variable+".")
	default:
		return value
	}
	return ""
}

// isUnfit is true of what is no file, such as a FIFO, and of a file that is too
// large.
func isUnfit(err error) bool {
	_, unfit := errors.AsType[*file.Unfit](err)
	return unfit
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// ownership says who owns a file, its mode, and which user this process is.
func ownership(path string) string {
	us := fmt.Sprintf("we are uid %d", os.Geteuid())
	info, err := os.Stat(path)
	if err != nil {
		return us
	}
	owner := "unknown"
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		owner = fmt.Sprint(stat.Uid)
	}
	return fmt.Sprintf("owner uid %s, mode %04o, %s", owner, info.Mode().Perm(), us)
}
