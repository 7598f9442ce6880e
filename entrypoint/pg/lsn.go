package pg

import (
	"fmt"
	"strconv"
	"strings"
)

// An LSN is a position in the write-ahead log, in bytes.
type LSN uint64

// String prints the position as PostgreSQL does: 16/B374D848.
func (l LSN) String() string { return fmt.Sprintf("%X/%X", uint32(l>>32), uint32(l)) }

// ParseLSN reads what String prints.
func ParseLSN(text string) (LSN, error) {
	high, low, found := strings.Cut(text, "/")
	h, errHigh := strconv.ParseUint(high, 16, 32)
	l, errLow := strconv.ParseUint(low, 16, 32)
	if !found || errHigh != nil || errLow != nil {
		return 0, fmt.Errorf("%q is not an LSN", text)
	}
	return LSN(h<<32 | l), nil
}

// A Timeline is the number of a branch of a cluster's history. Each promotion begins
// a new one.
type Timeline uint32

// A SystemID is the system identifier that initdb gives a cluster. Every copy of the
// cluster has the same one. 0 is unknown.
type SystemID uint64

func (s SystemID) String() string { return strconv.FormatUint(uint64(s), 10) }

// After says whether the cluster was made later than the other one: initdb takes
// the identifier from the clock, seconds first.
func (s SystemID) After(other SystemID) bool { return s > other }

// ParseSystemID reads a system identifier as PostgreSQL prints it.
func ParseSystemID(text string) (SystemID, error) {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil || id == 0 {
		return 0, fmt.Errorf("%q is not a system identifier", text)
	}
	return SystemID(id), nil
}

// UnmarshalText reads a system identifier from an environment variable or from JSON.
func (s *SystemID) UnmarshalText(text []byte) error {
	id, err := ParseSystemID(string(text))
	*s = id
	return err
}

// MarshalText makes a system identifier a string in JSON: many programs read a JSON
// number as a float, which loses digits.
func (s SystemID) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
