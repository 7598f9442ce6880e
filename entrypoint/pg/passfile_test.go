package pg

import "testing"

func TestAPasswordIsReadAsItWasWritten(t *testing.T) {
	for _, password := range []string{"simple", `with:colon`, `with\backslash`, `\:\\:`, "ñandú", "it's"} {
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
