package pg

import (
	"strconv"
	"strings"
)

// Settings are what a server shows of its configuration, by PostgreSQL's own
// names and as SHOW prints them. What it did not tell is not there: unknown.
type Settings map[string]string

// Number is a setting without a unit, such as max_connections.
func (s Settings) Number(name string) (value int, known bool) {
	value, err := strconv.Atoi(s[name])
	return value, err == nil
}

// Bytes is a size, such as wal_segment_size; -1 means none or no limit.
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

// On is true of a switch that the server says is on.
func (s Settings) On(name string) bool { return s[name] == "on" }

// Synchronous says whether commits wait for the standby of that name, or may
// wait for it, and whether they wait for anybody.
func (s Settings) Synchronous(standby string) (named, any bool) {
	list := s["synchronous_standby_names"]
	apart := func(r rune) bool { return strings.ContainsRune(`(), "`, r) }
	for _, name := range strings.FieldsFunc(list, apart) {
		named = named || name == "*" || strings.EqualFold(name, standby)
	}
	return named, list != ""
}
