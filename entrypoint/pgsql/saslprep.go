package pgsql

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// saslprep prepares a password as libpq and the server do (RFC 4013): some
// characters vanish, spaces become plain, and the rest is brought to form KC.
// A password that the RFC forbids is used as it is.
func saslprep(password string) string {
	if isASCII(password) || !utf8.ValidString(password) {
		return password
	}
	mapped := strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(vanishing, r):
			return -1
		case unicode.Is(unicode.Zs, r), r == '\u200b':
			return ' '
		}
		return r
	}, password)
	if mapped == "" || strings.ContainsFunc(mapped, forbidden) {
		return password
	}
	return norm.NFKC.String(mapped)
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}

// forbidden is true of control characters and of what Unicode 3.2 did not
// have, emoji for example. Of the scripts added since it knows only those
// beyond U+FFFF: the others matter only beside a character that form KC
// changes.
func forbidden(r rune) bool {
	return !unicode.IsGraphic(r) || unicode.Is(unfit, r) || r > 0xffff && !unicode.Is(oldAndHigh, r)
}

var (
	vanishing = ranges([2]rune{0xad, 0xad}, [2]rune{0x34f, 0x34f}, [2]rune{0x1806, 0x1806}, [2]rune{0x180b, 0x180d},
		[2]rune{0x200c, 0x200d}, [2]rune{0x2060, 0x2060}, [2]rune{0xfe00, 0xfe0f}, [2]rune{0xfeff, 0xfeff})
	unfit = ranges([2]rune{0x340, 0x341}, [2]rune{0x1e9e, 0x1e9e}, [2]rune{0x20b2, 0x20cf}, [2]rune{0x2ff0, 0x2ffb},
		[2]rune{0xfffc, 0xfffd})
	oldAndHigh = ranges([2]rune{0x10300, 0x1034a}, [2]rune{0x1d000, 0x1d7ff}, [2]rune{0x20000, 0x2fa1d})
)

func ranges(pairs ...[2]rune) *unicode.RangeTable {
	table := &unicode.RangeTable{}
	for _, pair := range pairs {
		table.R32 = append(table.R32, unicode.Range32{Lo: uint32(pair[0]), Hi: uint32(pair[1]), Stride: 1})
	}
	return table
}
