package pg

import (
	"slices"
	"testing"
)

func TestTextIsBrokenBetweenWords(t *testing.T) {
	for _, c := range []struct {
		prefix, text string
		want         []string
	}{
		{"- ", "one two  three", []string{"- one two", "  three"}},
		{"¡ ", "ñandú né x", []string{"¡ ñandú né", "  x"}}, // counted in characters
		{"", "longer-than-the-line b", []string{"longer-than-the-line", "b"}},
		{"  ", "", []string{"  "}},
	} {
		if got := Wrap(c.prefix, c.text, 10); !slices.Equal(got, c.want) {
			t.Errorf("%q %q: got %q, want %q", c.prefix, c.text, got, c.want)
		}
	}
}
