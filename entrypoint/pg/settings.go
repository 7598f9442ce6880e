package pg

import (
	"strconv"
	"strings"
)

// Settings are values of a server's configuration as SHOW prints them, by
// PostgreSQL's own names. A setting that the server did not report is not in the map.
type Settings map[string]string

// Number is the value of a setting without a unit, such as max_connections.
func (s Settings) Number(name string) (value int, known bool) {
	value, err := strconv.Atoi(s[name])
	return value, err == nil
}

// Bytes is the value of a setting that is a size, such as wal_segment_size. -1 is no
// limit.
func (s Settings) Bytes(name string) (value int64, known bool) {
	digits := strings.TrimRight(s[name], "kMGTB")
	value, err := strconv.ParseInt(digits, 10, 64)
	for _, unit := range []struct {
		name  string
		shift int
	}{{"kB", 10}, {"MB", 20}, {"GB", 30}, {"TB", 40}} {
		if s[name][len(digits):] == unit.name {
			value <<= unit.shift
		}
	}
	return value, err == nil
}

// On says whether the server reports a setting as on.
func (s Settings) On(name string) bool { return s[name] == "on" }

// Synchronous says whether synchronous_standby_names has the name of a standby, or *,
// and whether it has any name at all: then commits wait.
func (s Settings) Synchronous(standby string) (named, any bool) {
	list := s["synchronous_standby_names"]
	apart := func(r rune) bool { return strings.ContainsRune(`(), "`, r) }
	for _, name := range strings.FieldsFunc(list, apart) {
		named = named || name == "*" || strings.EqualFold(name, standby)
	}
	return named, list != ""
}
