package pgctl

import (
	"context"
	"errors"
	"testing"
)

func TestTheLastLineOfAFailedProgramIsTheOneThatSaysWhy(t *testing.T) {
	for behaviour, want := range map[string]struct {
		text   string
		killed bool
	}{
		"killed":       {"pg_basebackup: signal: killed", true},
		"child killed": {"pg_basebackup: child process was terminated by signal 9: Killed", true},
		"no reason":    {"pg_basebackup: pg_basebackup: could not do it", false},
		"fail":         {"pg_basebackup: pg_basebackup: error: what is wrong", false},
	} {
		fake(t, behaviour)
		err := BaseBackup{Dir: "/data"}.Run(context.Background(), func(Progress) {}, nil, silent)
		failed, ok := errors.AsType[*ProgramError](err)
		if !ok || failed.Error() != want.text || failed.Killed() != want.killed {
			t.Errorf("%s: got %v, killed %v", behaviour, err, ok && failed.Killed())
		}
	}
}
