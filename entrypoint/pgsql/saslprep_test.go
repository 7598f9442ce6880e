package pgsql

import (
	"slices"
	"testing"
	"unicode"

	"github.com/xdg-go/stringprep"
)

func TestTheTablesOfSASLprepAreThoseOfTheRFC(t *testing.T) {
	tables := saslprepTables()
	anyOf := func(sets ...stringprep.Set) func(rune) bool {
		return func(r rune) bool {
			return slices.ContainsFunc(sets, func(s stringprep.Set) bool { return s.Contains(r) })
		}
	}
	for name, contains := range map[string]func(rune) bool{
		"vanishing": func(r rune) bool {
			_, vanishes := stringprep.TableB1[r]
			return vanishes || r == '\u1806' // which an erratum of the RFC, not PostgreSQL, takes out
		},
		"unfit":       anyOf(stringprep.SASLprep.Prohibits...),
		"rightToLeft": anyOf(stringprep.TableD1),
		"leftToRight": anyOf(stringprep.TableD2),
	} {
		for r := range rune(unicode.MaxRune + 1) {
			if got, want := unicode.Is(tables[name], r), contains(r); got != want {
				t.Errorf("%s: %U: got %v, want %v", name, r, got, want)
			}
		}
	}
	for r := range rune(unicode.MaxRune + 1) {
		if got, want := isSpace(r), anyOf(stringprep.TableC1_1, stringprep.TableC1_2)(r); got != want {
			t.Errorf("space: %U: got %v, want %v", r, got, want)
		}
	}
}

func TestAPasswordIsPreparedAsPostgreSQLDoes(t *testing.T) {
	for _, c := range []struct{ password, want string }{
		{"plain \x01", "plain \x01"},
		{"soft\u00adhyphen", "softhyphen"},
		{"\u00ad", "\u00ad"}, // nothing would be left
		{"no\u00a0break", "no break"},
		{"zero\u200bwidth", "zero width"},  // the RFC lets it vanish
		{"todo\u1806hyphen", "todohyphen"}, // an erratum of the RFC keeps it
		{"ª", "a"},
		{"Ⅸ", "IX"},
		{"\u0132", "IJ"},
		{"n\u0303", "ñ"},
		{"אº", "אº"}, // both directions
		{"א1", "א1"}, // ends in neither
		{"\ufb50\ufb50", "\u0671\u0671"},
		{"aℵ", "aא"},           // both directions, but only after form KC
		{"º\u0007", "º\u0007"}, // a control character
		{"º🔑", "º🔑"},           // not in Unicode 3.2
		{"º\u0221", "º\u0221"},
		{"º\u1e9e", "º\u1e9e"},
		{"º\ufdfd", "º\ufdfd"},
		{"º\ue000", "º\ue000"},             // private use
		{"º\xff", "º\xff"},                 // not UTF-8
		{"º\xed\xa0\x80", "º\xed\xa0\x80"}, // half of a pair
	} {
		if got := saslprep(c.password); got != c.want {
			t.Errorf("%+q: got %+q, want %+q", c.password, got, c.want)
		}
	}
}
