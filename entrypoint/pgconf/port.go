package pgconf

import (
	"path/filepath"
	"strconv"
)

// ConfiguredPort is the port that a server with these arguments and files will
// listen on, as far as they say; the arguments win, then the last file. A file
// that is not there says nothing.
func ConfiguredPort(args []string, files ...string) uint16 {
	var all []given
	for _, file := range files {
		all = append(all, confSettings(file)...)
	}
	port := uint16(5432)
	for _, s := range append(all, argSettings(args)...) {
		if number, err := strconv.ParseUint(s.value, 10, 16); s.name == "port" && err == nil {
			port = uint16(number)
		}
	}
	return port
}

// LoginMethod is the method by which clients prove a password to a server with
// these files and arguments: the one that password_encryption stores it for, as
// the official image has it.
func LoginMethod(dir string, args []string) string {
	method := "scram-sha-256"
	for _, s := range append(confSettings(filepath.Join(dir, "postgresql.conf")), argSettings(args)...) {
		if s.name != "password_encryption" {
			continue
		}
		method = "scram-sha-256"
		if s.value == "md5" || isOn(s.value) { // on is md5, until 13
			method = "md5"
		}
	}
	return method
}
