package pg

import (
	"strings"
	"testing"
)

func TestWhatAStrangerSaysIsOneLineThatPrints(t *testing.T) {
	for text, want := range map[string]string{
		"a\nb\r\nc\n":                     "a; b; c",
		"a\n\nb":                          "a; b",
		"\x1b]0;title\x07\x1b[2Jgone":     "?]0;title??[2Jgone",
		"\u009b2J \u202emoc.live \u2028x": "?2J ?moc.live ?x",
		"over\rwritten":                   "over?written",
		"ñandú 密码 «x»\u00a0y\tz":          "ñandú 密码 «x»\u00a0y z",
		"bad \xff\xfe":                    "bad \ufffd\ufffd",
		"nul\x00":                         "nul?",
		"":                                "",
	} {
		if got := Said(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := Said(strings.Repeat("ñ", 1<<20)); len([]rune(got)) != mostSaid+1 || !strings.HasSuffix(got, "…") {
		t.Errorf("got %d characters", len([]rune(got)))
	}
}
