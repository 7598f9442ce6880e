package node

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgsql"
)

func failure(class pgsql.Class, reason string) error {
	return &pgsql.Failure{Fault: pg.Fault{Text: reason, Fix: "Do this."}, Class: class}
}

// runAwait runs Await in a bubble where time costs nothing and returns how long
// it took there, what it logged and how it ended.
func runAwait(t *testing.T, limit time.Duration, attempt func(try int) error) (took time.Duration, log string, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		began, tries := time.Now(), 0
		err = Await(t.Context(), zerolog.New(&out), limit, "waiting", func(context.Context) error {
			tries++
			return attempt(tries)
		})
		took, log = time.Since(began), out.String()
	})
	return took, log, err
}

func TestAPrimaryIsAwaitedForEver(t *testing.T) {
	took, log, err := runAwait(t, 0, func(try int) error {
		if try < 10000 {
			return failure(pgsql.Transient, "connection refused")
		}
		return nil
	})
	if err != nil || took < 8*time.Hour {
		t.Errorf("gave up after %s: %v", took, err)
	}
	if lines := strings.Count(log, "\n"); lines < int(took.Minutes())/2 || lines > int(took.Minutes())+2 {
		t.Errorf("%d lines in %s, want about one a minute", lines, took)
	}
}

func TestAWaitHasItsLimit(t *testing.T) {
	took, _, err := runAwait(t, 5*time.Minute, func(int) error { return failure(pgsql.Transient, "connection refused") })
	if err == nil || took < 4*time.Minute || took > 6*time.Minute {
		t.Errorf("took %s, error %v", took, err)
	}
}

func TestAShortWaitDoesNotOutlastItsLimitForAPerson(t *testing.T) {
	took, _, err := runAwait(t, 5*time.Second, func(int) error { return failure(pgsql.Slow, "wrong password") })
	if err == nil || took > 5*time.Second {
		t.Errorf("took %s, error %v", took, err)
	}
}

func TestAWrongPasswordIsNamedAtOnceAndGivenUpAfterTwoMinutes(t *testing.T) {
	tries := 0
	took, log, err := runAwait(t, 0, func(try int) error { tries = try; return failure(pgsql.Slow, "wrong password") })
	if err == nil || err.Error() != "wrong password" || took < slowLimit || took > slowLimit+slowPause || tries > 10 {
		t.Errorf("took %s and %d tries, error %v", took, tries, err)
	}
	if first, _, _ := strings.Cut(log, "\n"); !strings.Contains(first, "wrong password") || !strings.Contains(first, "Do this.") {
		t.Errorf("the first line is %s", first)
	}
}

func TestAPasswordThatIsPutRightInTimeIsUsed(t *testing.T) {
	_, _, err := runAwait(t, 0, func(try int) error {
		if try < 4 {
			return failure(pgsql.Slow, "wrong password")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWhatDoesNotPassIsNotWaitedFor(t *testing.T) {
	for _, fatal := range []error{failure(pgsql.Permanent, "no such attribute"), errors.New("anything else")} {
		took, _, err := runAwait(t, 0, func(int) error { return fatal })
		if took != 0 || !errors.Is(err, fatal) {
			t.Errorf("took %s, error %v", took, err)
		}
	}
}

func TestEachNewReasonIsSaid(t *testing.T) {
	_, log, _ := runAwait(t, 0, func(try int) error {
		switch {
		case try <= 5:
			return failure(pgsql.Transient, "no such host")
		case try <= 8:
			return failure(pgsql.Transient, "connection refused")
		}
		return nil
	})
	if strings.Count(log, "no such host") != 1 || strings.Count(log, "connection refused") != 1 {
		t.Errorf("log:\n%s", log)
	}
}

func TestAnOutageWhoseReasonsTakeTurnsCostsALineOfEachAMinute(t *testing.T) {
	took, log, _ := runAwait(t, 10*time.Minute, func(try int) error {
		return failure(pgsql.Transient, []string{"no such host", "connection refused"}[try%2])
	})
	if lines := strings.Count(log, "\n"); lines > 2*int(took.Minutes())+2 {
		t.Errorf("%d lines in %s:\n%s", lines, took, log)
	}
}

func TestAPrimaryThatIsOnItsWayIsNoWarningForAMinute(t *testing.T) {
	level := func(id string, tries int) string {
		_, log, _ := runAwait(t, 0, func(try int) error {
			if try > tries {
				return nil
			}
			return &pgsql.Failure{Fault: pg.Fault{ID: id, Text: id}, Class: pgsql.Transient}
		})
		lines := strings.Split(strings.TrimSpace(log), "\n")
		return strings.Split(lines[len(lines)-1], `"`)[3]
	}
	for _, c := range []struct {
		id    string
		tries int
		want  string
	}{{"refused", 1, "info"}, {"dns", 1, "info"}, {"starting", 1, "info"}, {"timeout", 1, "warn"}, {"refused", 100, "warn"}} {
		if got := level(c.id, c.tries); got != c.want {
			t.Errorf("%s, %d tries: %s, want %s", c.id, c.tries, got, c.want)
		}
	}
}

func TestASignalEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signal := errors.New("terminated")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(3*time.Second, func() { cancel(signal) })
		began := time.Now()
		err := Await(ctx, zerolog.Nop(), 0, "waiting", func(context.Context) error { return failure(pgsql.Transient, "connection refused") })
		if !errors.Is(err, signal) || time.Since(began) > 4*time.Second {
			t.Errorf("took %s, error %v", time.Since(began), err)
		}
	})
}
