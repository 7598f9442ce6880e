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

// A Timeline numbers a branch of a cluster's history; each promotion begins
// the next one.
type Timeline uint32

// A SystemID is the system identifier that initdb gives to a cluster and that
// every copy of it shares. Zero means unknown.
type SystemID uint64

func (s SystemID) String() string { return strconv.FormatUint(uint64(s), 10) }

// ParseSystemID reads a system identifier as PostgreSQL prints it.
func ParseSystemID(text string) (SystemID, error) {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil || id == 0 {
		return 0, fmt.Errorf("%q is not a system identifier", text)
	}
	return SystemID(id), nil
}

// UnmarshalText lets a system identifier be a variable or a field of a file.
func (s *SystemID) UnmarshalText(text []byte) error {
	id, err := ParseSystemID(string(text))
	*s = id
	return err
}

// MarshalText prints it as text: as a JSON number it would lose digits.
func (s SystemID) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
