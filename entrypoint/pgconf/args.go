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

// ConfiguredLimits is what the configuration files in dir and the arguments of
// postgres give. They are not sure where a file includes another or a value is
// not a plain number: then only postgres can tell.
func ConfiguredLimits(dir string, args []string) (limits pg.Limits, sure bool) {
	limits = pg.Limits{"max_connections": 100, "max_worker_processes": 8, "max_wal_senders": 10, "max_prepared_transactions": 0, "max_locks_per_transaction": 64}
	given := confSettings(filepath.Join(dir, "postgresql.conf"))
	given = append(given, confSettings(filepath.Join(dir, "postgresql.auto.conf"))...)
	given = append(given, argSettings(args)...)
	for _, s := range given {
		if elsewhere(s.name) {
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

type given struct{ name, value string }

// elsewhere knows what makes PostgreSQL read yet another file.
func elsewhere(name string) bool { return strings.HasPrefix(name, "include") || name == "config_file" }

// confSettings are the settings of a file; one that cannot be read includes
// what nobody knows.
func confSettings(path string) []given {
	conf, err := file.Read(path, file.MostConf)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return []given{{name: "include"}}
	}
	var all []given
	for line := range strings.Lines(string(conf)) {
		if name, value := setting(line); name != "" {
			all = append(all, given{name, unquoted(value)})
		}
	}
	return all
}

// argSettings are the settings among the arguments of postgres: -c name=value,
// --name=value, -N count and -p port. Anything that may hide one, such as several
// options in one word, counts as a file that is read elsewhere.
func argSettings(args []string) []given {
	var all []given
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
				all = append(all, given{name: "include"})
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
			all = append(all, given{"max_connections", value})
		case 'p':
			all = append(all, given{"port", value})
		case 'D':
			all = append(all, given{name: "config_file"})
		}
	}
	return all
}

func argSetting(pair string) given {
	name, value, _ := strings.Cut(pair, "=")
	return given{strings.ReplaceAll(strings.ToLower(name), "-", "_"), value}
}
