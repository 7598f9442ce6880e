package pgconf

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"pgreplica/entrypoint/file"
	"pgreplica/entrypoint/pg"
)

// ConfiguredLimits are the settings of pg.LimitNames that the configuration
// files in dir and the arguments of postgres give, or their defaults. sure is
// false where a file includes another or a value is not a plain number: then
// only postgres knows.
func ConfiguredLimits(dir string, args []string) (limits pg.Limits, sure bool) {
	limits = pg.Limits{"max_connections": 100, "max_worker_processes": 8, "max_wal_senders": 10, "max_prepared_transactions": 0, "max_locks_per_transaction": 64}
	settings := confSettings(filepath.Join(dir, "postgresql.conf"))
	settings = append(settings, confSettings(filepath.Join(dir, "postgresql.auto.conf"))...)
	settings = append(settings, argSettings(args)...)
	for _, s := range settings {
		if readsOtherFile(s.name) {
			return limits, false
		}
		if !slices.Contains(pg.LimitNames, s.name) {
			continue
		}
		value, err := strconv.Atoi(s.value)
		if err != nil || strconv.Itoa(value) != s.value { // 0x64 and 0144 are numbers to PostgreSQL
			return limits, false
		}
		limits[s.name] = value
	}
	return limits, true
}

// Restores says whether the configuration files in dir, or the arguments of postgres,
// set a restore_command.
func Restores(dir string, args []string) bool {
	value := ""
	given := append(confSettings(filepath.Join(dir, ConfFile)), confSettings(filepath.Join(dir, AutoFile))...)
	for _, s := range append(given, argSettings(args)...) {
		if s.name == "restore_command" {
			value = s.value
		}
	}
	return value != ""
}

// A nameValue is a setting: its name in lower case and its value without
// quotes.
type nameValue struct{ name, value string }

// readsOtherFile is true of a setting that makes PostgreSQL read another file.
func readsOtherFile(name string) bool {
	return strings.HasPrefix(name, "include") || name == "config_file"
}

// confSettings are the settings of a file. A file that cannot be read counts as
// one that includes another, because its settings are not known.
func confSettings(path string) []nameValue {
	conf, err := file.Read(path, file.MostConf)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return []nameValue{{name: "include"}}
	}
	var all []nameValue
	for line := range strings.Lines(string(conf)) {
		if name, value := setting(line); name != "" {
			all = append(all, nameValue{name, unquoted(value)})
		}
	}
	return all
}

// argSettings are the settings among the arguments of postgres: -c name=value,
// --name=value, -N count and -p port. Whatever may hide another setting, such as
// several options in one word, counts as an include.
func argSettings(args []string) []nameValue {
	var all []nameValue
	for i := 0; i < len(args); i++ {
		option, value := args[i], ""
		switch {
		case strings.HasPrefix(option, "--"):
			all = append(all, argSetting(option[2:]))
			continue
		case len(option) < 2 || option[0] != '-':
			continue
		case !strings.ContainsRune("BCDNcdfhkprStvW", rune(option[1])): // takes no value
			if len(option) > 2 {
				all = append(all, nameValue{name: "include"})
			}
			continue
		case len(option) > 2:
			value = option[2:]
		case i+1 < len(args):
			i++
			value = args[i]
		}
		switch option[1] {
		case 'c':
			all = append(all, argSetting(value))
		case 'N':
			all = append(all, nameValue{"max_connections", value})
		case 'p':
			all = append(all, nameValue{"port", value})
		case 'D':
			all = append(all, nameValue{name: "config_file"})
		}
	}
	return all
}

// argSetting reads name=value. PostgreSQL reads a hyphen in the name as _.
func argSetting(pair string) nameValue {
	name, value, _ := strings.Cut(pair, "=")
	return nameValue{strings.ReplaceAll(strings.ToLower(name), "-", "_"), value}
}
