package pgsql

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// saslprep prepares a password as libpq and the server do (RFC 4013, and
// src/common/saslprep.c where they differ): some characters vanish, spaces
// become plain, and the rest is brought to form KC. A password that the RFC
// forbids is used as it is. PostgreSQL looks for what is forbidden before it
// makes form KC, the RFC afterwards.
func saslprep(password string) string {
	if isASCII(password) || !utf8.ValidString(password) {
		return password
	}
	tables := saslprepTables()
	mapped := []rune(strings.Map(func(r rune) rune {
		switch {
		case isSpace(r):
			return ' '
		case unicode.Is(tables["vanishing"], r):
			return -1
		}
		return r
	}, password))
	if len(mapped) == 0 || isForbidden(mapped) {
		return password
	}
	return norm.NFKC.String(string(mapped))
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}

// isSpace is true of the spaces of table C.1.2 and of the plain space. U+200B
// is also in table B.1, of characters that vanish, but PostgreSQL makes it a
// space.
func isSpace(r rune) bool { return unicode.Is(unicode.Zs, r) || r == '\u200b' }

// isForbidden is true of a password with control characters, with characters
// that Unicode 3.2 did not have, such as emoji, or with both directions of
// writing.
func isForbidden(password []rune) bool {
	tables := saslprepTables()
	in := func(table string) func(rune) bool {
		return func(r rune) bool { return unicode.Is(tables[table], r) }
	}
	toLeft := in("rightToLeft")
	switch {
	case slices.ContainsFunc(password, in("unfit")):
		return true
	case !slices.ContainsFunc(password, toLeft):
		return false
	}
	return slices.ContainsFunc(password, in("leftToRight")) || !toLeft(password[0]) || !toLeft(password[len(password)-1])
}

//go:embed saslprep.txt
var saslprepText string

// saslprepTables reads the tables when a password first needs them, which takes
// 0.1 ms. Only the test uses the library xdg-go/stringprep: it makes maps of
// all tables of the RFC whenever a program starts, in 0.2 ms, and differs from
// PostgreSQL in U+1806 and U+200B.
var saslprepTables = sync.OnceValue(func() map[string]*unicode.RangeTable {
	tables := map[string]*unicode.RangeTable{}
	for paragraph := range strings.SplitSeq(saslprepText, "\n\n") {
		heading, text, _ := strings.Cut(paragraph, "\n")
		name, _, _ := strings.Cut(heading, ":")
		tables[name] = rangeTable(text)
	}
	return tables
})

// rangeTable reads code points and ranges of them, such as "ad 180b-180d".
func rangeTable(text string) *unicode.RangeTable {
	table := &unicode.RangeTable{}
	for word := range strings.FieldsSeq(text) {
		first, last, isRange := strings.Cut(word, "-")
		if !isRange {
			last = first
		}
		lo, _ := strconv.ParseUint(first, 16, 32)
		hi, _ := strconv.ParseUint(last, 16, 32)
		table.R32 = append(table.R32, unicode.Range32{Lo: uint32(lo), Hi: uint32(hi), Stride: 1})
	}
	return table
}
