package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

const largest = 64 << 10 // bytes of an X_FILE; a password is no larger

// readFile returns the text of the file that a variable X_FILE names, without the
// newlines at its end, as the official image's $(<file) does. Where it cannot, it
// notes the mistake and returns nothing.
func readFile(variable, path string, found *mistakes) string {
	text, err := readSome(path)
	value := strings.TrimRight(text, "\n")
	switch {
	case errors.Is(err, fs.ErrPermission):
		found.put(Mistake{ID: "env-value", Variable: variable, What: err.Error() + " (" + ownership(path) + ")", Denied: true,
			Remedy: fmt.Sprintf("Make the file readable for uid %d, or start the container as root.", os.Geteuid())})
	case errors.Is(err, syscall.EISDIR):
		found.add(variable, err.Error(),
			"Docker makes a directory where the file to mount is missing: remove it, write the file, remake the container.")
	case err != nil:
		found.add(variable, err.Error()+" ("+ownership(path)+")", "Check the path, and that the secret is mounted there.")
	case len(text) > largest:
		found.add(variable, fmt.Sprintf("file %s is larger than %d bytes", path, largest), "Check that it is the right file.")
	case value == "":
		found.add(variable, "file "+path+" is empty", "Write the value into it, or unset "+variable+".")
	default:
		return value
	}
	return ""
}

// readSome reads a file up to the first byte that is too much.
func readSome(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, largest+1))
	return string(text), err
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
