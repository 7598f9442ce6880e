package pg

import (
	"strings"
	"testing"
)

func TestAPasswordIsReadAsItWasWritten(t *testing.T) {
	for _, password := range []string{"simple", `with:colon`, `with\backslash`, `\:\\:`, `\`, `\\`, `:`, `\:`, `:\`, `a\\:`, "ñandú", "it's",
		"blank ", " ", "tab\t", "no-break\u00a0", "cr\rin", "line\nbreak", "line\n", "#"} {
		if got := PassfilePassword(PassfileLine(`a:b\c`, password)); got != password {
			t.Errorf("got %q, want %q", got, password)
		}
	}
	for _, line := range []string{"", "*:*:*:user\n", "a:b:c:d:e:f"} {
		if got := PassfilePassword(line); got != "" {
			t.Errorf("%q: got %q", line, got)
		}
	}
}

func FuzzPassfilePassword(f *testing.F) {
	f.Add("us:er", `pass\word:`)
	f.Fuzz(func(t *testing.T, user, password string) {
		if strings.Contains(user+password, "\x00") {
			t.Skip()
		}
		if got := PassfilePassword(PassfileLine(user, password)); got != password {
			t.Errorf("%q of %q became %q", password, user, got)
		}
	})
}
