package pgconf

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A ConfError is a line of a mounted postgresql.conf with which the server
// would not start, or would let nobody in.
type ConfError struct {
	Line int
	What string
}

func (e ConfError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.What) }

// A Conf is everything that gives a server its settings. Args outrank After,
// After outranks Text, and Text outranks Before.
type Conf struct {
	Dir    string // the data directory
	Final  string // where Dir will be moved to; empty where it stays
	LibDir string // the folder of the server's libraries; empty: they are not looked for
	Before string // the managed block, which is read before Text
	Text   string // the user's file, which is checked
	After  string // postgresql.auto.conf, which is read after Text
	Args   []string
}

// Check finds in Text what postgres -C does not look for: files and libraries
// that do not exist, and settings that exclude each other. Where a file
// includes another it finds nothing, because the included file may change each
// setting.
func (c Conf) Check() []ConfError {
	s := c.settings()
	if s == nil {
		return nil
	}
	return slices.Concat(s.missingFiles(c), s.logFolder(c), s.missingLibraries(c), s.contradictions())
}

// effective are the settings in force, each with the line of Text that gives
// it, or line 0 where Text does not.
type effective map[string]struct {
	value string
	line  int
}

// settings is nil where a file includes another.
func (c Conf) settings() effective {
	s := effective{}
	set := func(name, value string, line int) bool {
		e := s[name]
		e.value, e.line = value, line
		s[name] = e
		return !readsOtherFile(name)
	}
	for i, text := range []string{c.Before, c.Text, c.After} {
		number := 0
		for line := range strings.Lines(text) {
			number++
			at := 0
			if i == 1 {
				at = number
			}
			if name, value := setting(line); name != "" && !set(name, unquoted(value), at) {
				return nil
			}
		}
	}
	for _, g := range argSettings(c.Args) {
		if g.name != "config_file" && !set(g.name, g.value, 0) {
			return nil
		}
	}
	return s
}

// fileSettings are the settings that name a file without which the server does
// not start. Those of TLS count only where ssl is on.
var fileSettings = []string{"hba_file", "ident_file", "ssl_cert_file", "ssl_key_file", "ssl_ca_file", "ssl_crl_file", "ssl_crl_dir", "ssl_dh_params_file"}

func (s effective) missingFiles(c Conf) (found []ConfError) {
	for _, name := range fileSettings {
		e := s[name]
		tls := strings.HasPrefix(name, "ssl_")
		if e.line == 0 && tls && s["ssl"].line > 0 { // ssl = on alone wants server.crt and server.key
			e.line = s["ssl"].line
			if e.value == "" {
				e.value = map[string]string{"ssl_cert_file": "server.crt", "ssl_key_file": "server.key"}[name]
			}
		}
		if e.line == 0 || e.value == "" || tls && !isOn(s["ssl"].value) {
			continue
		}
		if why := unreadable(resolvePath(e.value, c.Dir, c.Final)); why != "" {
			found = append(found, ConfError{e.line, fmt.Sprintf("%s is %s, and that %s", name, e.value, why)})
		}
	}
	return found
}

// resolvePath is where a path in a configuration file leads now. The data
// directory is in dir now and will be in final, so that a path into final leads
// into dir.
func resolvePath(path, dir, final string) string {
	if inside, is := strings.CutPrefix(path, final+"/"); is && final != "" {
		path = inside
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// isOn reads a boolean as PostgreSQL does.
func isOn(value string) bool {
	value = strings.ToLower(value)
	return value == "1" || value == "on" || value != "" && (strings.HasPrefix("true", value) || strings.HasPrefix("yes", value))
}

func (s effective) missingLibraries(c Conf) (found []ConfError) {
	if c.LibDir == "" {
		return nil
	}
	for _, name := range []string{"shared_preload_libraries", "session_preload_libraries", "local_preload_libraries"} {
		e := s[name]
		for library := range strings.SplitSeq(e.value, ",") {
			library = strings.Trim(strings.TrimSpace(library), `"`)
			file := library
			if name == "local_preload_libraries" && !strings.Contains(library, "/") {
				file = "$libdir/plugins/" + library
			}
			if e.line > 0 && library != "" && !s.hasLibrary(c, file) {
				found = append(found, ConfError{e.line, fmt.Sprintf("%s names %s, and no such library is in %s", name, library, c.LibDir)})
			}
		}
	}
	return found
}

// hasLibrary looks for a library where the server does: for a name without a
// slash in the folders of dynamic_library_path, for any other at its path. The
// ending .so may be left out.
func (s effective) hasLibrary(c Conf, library string) bool {
	places := []string{library}
	if !strings.Contains(library, "/") {
		path := s["dynamic_library_path"].value
		if path == "" {
			path = "$libdir"
		}
		places = nil
		for dir := range strings.SplitSeq(path, ":") {
			places = append(places, dir+"/"+library)
		}
	}
	return slices.ContainsFunc(places, func(place string) bool {
		if rest, found := strings.CutPrefix(place, "$libdir"); found {
			place = c.LibDir + rest
		}
		if !filepath.IsAbs(place) {
			place = filepath.Join(c.Dir, place)
		}
		return isReadable(place) || isReadable(place+".so")
	})
}

// contradictions finds settings that exclude each other: the server ends at
// once.
func (s effective) contradictions() (found []ConfError) {
	number := func(name string, byDefault int) int {
		if n, err := strconv.Atoi(s[name].value); err == nil {
			return n
		}
		return byDefault
	}
	if s["wal_level"].value == "minimal" && number("max_wal_senders", 10) > 0 {
		if line := max(s["wal_level"].line, s["max_wal_senders"].line); line > 0 {
			found = append(found, ConfError{line, "with wal_level = minimal nobody can follow this server, and max_wal_senders has to be 0"})
		}
	}
	kept := number("superuser_reserved_connections", 3) + number("reserved_connections", 0)
	if line := max(s["max_connections"].line, s["superuser_reserved_connections"].line, s["reserved_connections"].line); line > 0 && kept >= number("max_connections", 100) {
		found = append(found, ConfError{line, fmt.Sprintf("max_connections is %d, and superuser_reserved_connections keeps %d of them", number("max_connections", 100), kept)})
	}
	return found
}
