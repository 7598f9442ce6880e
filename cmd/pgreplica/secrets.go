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

// secrets keeps a password a file, root's and readable by nobody else: the one
// that the variable gives, else the one that is there, else a random one.
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
