package pg

import (
	"errors"
	"fmt"
	"testing"
)

func TestAnErrorHasTheExitStatusAndTheHintOfTheFirstFault(t *testing.T) {
	plain := errors.New("it broke")
	config := &Fault{Text: "wrong", Fix: "Correct it.", Exit: 78, Err: plain}
	for _, c := range []struct {
		err    error
		status int
		hint   string
	}{
		{nil, 1, ""},
		{plain, 1, ""},
		{config, 78, "Correct it."},
		{fmt.Errorf("read: %w", config), 78, "Correct it."},
		{errors.Join(plain, config), 78, "Correct it."},
		{&Fault{Text: "failed", Fix: "Look there.", Err: config}, 78, "Look there."},
		{&Fault{Text: "failed", Fix: "Look there.", Err: plain}, 1, "Look there."},
		{&Fault{Text: "failed", Exit: 65, Err: config}, 65, ""},
	} {
		if status, hint := ExitStatus(c.err), Hint(c.err); status != c.status || hint != c.hint {
			t.Errorf("%v: got %d and %q, want %d and %q", c.err, status, hint, c.status, c.hint)
		}
	}
	if !errors.Is(config, plain) {
		t.Error("a fault hides its cause")
	}
}
