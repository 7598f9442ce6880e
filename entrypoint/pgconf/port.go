package pgconf

import (
	"path/filepath"
	"strconv"
)

// ConfiguredPort is the port that a server with these arguments and
// configuration files will listen on, 5432 by default. The arguments win, then
// the last file. A file that does not exist is skipped.
func ConfiguredPort(args []string, files ...string) uint16 {
	var all []nameValue
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

// LoginMethod is the method of pg_hba.conf by which clients prove their
// password, md5 or scram-sha-256: the one that fits the password_encryption in
// the postgresql.conf of dir and in the arguments. The official image chooses
// it in the same way.
func LoginMethod(dir string, args []string) string {
	method := "scram-sha-256"
	for _, s := range append(confSettings(filepath.Join(dir, "postgresql.conf")), argSettings(args)...) {
		if s.name != "password_encryption" {
			continue
		}
		method = "scram-sha-256"
		if s.value == "md5" || isOn(s.value) { // 13 reads on as md5
			method = "md5"
		}
	}
	return method
}
