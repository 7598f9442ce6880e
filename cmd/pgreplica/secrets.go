package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/file"
)

// secrets writes passwords to files, one each, which only root can read: the
// password that the variable of that name gives, else the one that the file holds,
// else a random one.
func secrets(_ context.Context, args []string) (int, error) {
	if len(args) < 2 {
		return 0, usageError("secrets DIR NAME…")
	}
	for _, name := range args[1:] {
		done, err := keepSecret(filepath.Join(args[0], name), os.Getenv(strings.ToUpper(name)))
		if err != nil {
			return 0, err
		}
		fmt.Printf("%s: %s\n", name, done)
	}
	return 0, nil
}

// keepSecret writes one password to path and says which. given is the variable's.
func keepSecret(path, given string) (done string, err error) {
	kept, err := file.Read(path, file.MostNote)
	absent := errors.Is(err, fs.ErrNotExist)
	switch {
	case err != nil && !absent:
		return "", err
	case given == "" && !absent, given != "" && given == string(kept):
		return "kept", nil
	case given == "":
		return "made at random", writeSecret(path, config.RandomPassword())
	}
	return "as given", writeSecret(path, given)
}

// writeSecret replaces the file at path by one with this password.
func writeSecret(path, secret string) error {
	temp := path + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
	if err != nil {
		return err
	}
	_, err = file.WriteString(secret)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(temp, path)
}
