package golden

import "testing"

func TestOnlyWhatDiffersIsShown(t *testing.T) {
	for _, c := range []struct {
		got, want         string
		line              int
		gotRest, wantRest string
	}{
		{"a\nb\nc\n", "a\nx\nc\n", 2, "b", "x"},
		{"a\n", "a\nb\n", 2, "", "b"},
		{"a\nb\n", "a\n", 2, "b", ""},
		{"", "a", 1, "", "a"},
	} {
		line, gotRest, wantRest := firstDifference(c.got, c.want)
		if line != c.line || gotRest != c.gotRest || wantRest != c.wantRest {
			t.Errorf("%q and %q: got line %d, %q and %q", c.got, c.want, line, gotRest, wantRest)
		}
	}
}
