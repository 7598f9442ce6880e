package pgconf

import (
	"os"

	"golang.org/x/sys/unix"

	"pgreplica/entrypoint/file"
)

// isReadable is true of a file, or a link to one, that this user may read.
func isReadable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && unix.Access(path, unix.R_OK) == nil
}

// readAll is the text of a file, or nothing.
func readAll(path string) string {
	text, _ := file.Read(path, file.MostConf)
	return string(text)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
