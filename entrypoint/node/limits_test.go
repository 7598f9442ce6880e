package node

import (
	"os"
	"regexp"
	"testing"
	"time"

	"pgreplica/entrypoint/doctor"
)

// Bounds that others keep.
const (
	connectLocal     = 2 * time.Second // pgsql: to connect to the server of this container
	connectForSize   = time.Second     // pgsql: to connect for the size of a copy
	findHolder       = time.Second     // pgsql: to find out who uses a slot
	hangUp           = time.Second     // pgsql: to hang up at a server
	readConf         = 5 * time.Second // pgsql: until a server has read its configuration
	walSenderTimeout = time.Minute     // PostgreSQL's default
	startPeriod      = time.Minute     // Docker: HEALTHCHECK --start-period, which the compose files have too
)

// dockerBounds are how often Docker asks for a server's health, and after what
// time it gives the answer up.
func dockerBounds(t *testing.T, file string) (interval, timeout time.Duration) {
	t.Helper()
	text, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`HEALTHCHECK --interval=(\w+) --timeout=(\w+)`).FindStringSubmatch(string(text))
	if found == nil {
		t.Fatalf("%s has no HEALTHCHECK", file)
	}
	for i, into := range []*time.Duration{&interval, &timeout} {
		if *into, err = time.ParseDuration(found[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return interval, timeout
}

// TestWhatIsDoneInTurnFitsIntoItsLimit adds up what is done one after the other,
// where each part takes as long as it may.
func TestWhatIsDoneInTurnFitsIntoItsLimit(t *testing.T) {
	interval, timeout := dockerBounds(t, "Dockerfile.master")
	if timeout < 24*time.Hour {
		t.Errorf("Docker waits %s for a copy", timeout)
	}
	if i, o := dockerBounds(t, "Dockerfile.slave"); i != interval || o != timeout {
		t.Errorf("a slave is asked every %s for %s, a master every %s for %s", i, o, interval, timeout)
	}
	for _, c := range []struct {
		what  string
		limit time.Duration
		parts []time.Duration
	}{
		{"a healthcheck ends by itself", AnswerLimit, []time.Duration{HealthLimit, hangUp}},
		{"a standby that does not stream is unhealthy within two minutes", 2 * time.Minute, []time.Duration{startPeriod, 3 * interval, 3 * ReplayLimit}},
		{"a recovery is looked at more than once", ReplayLimit, []time.Duration{LookAgain, AnswerLimit}},
		{"a healthcheck connects here and asks the primary why", HealthLimit, []time.Duration{connectLocal, WhyNotLimit}},
		{"status finds that its own server does not answer", StatusLimit, []time.Duration{20 * CountSoonLimit, connectLocal}},
		{"status counts old data and asks the primary", StatusLimit, []time.Duration{20 * CountSoonLimit, AskLimit}},
		{"doctor finds that its own server does not answer", DoctorLimit, []time.Duration{connectLocal}},
		{"doctor opens each database, reaches this server and asks the primary", DoctorLimit, []time.Duration{OpenLimit, ReachLimit, AskLimit}},
		{"a primary takes as long to say who it is as to say why", AskLimit, []time.Duration{WhyNotLimit, WhyNotLimit}},
		{"a primary takes as long to say who it is as to say the size of a copy", AskLimit, []time.Duration{connectForSize, connectForSize}},
		{"a slot becomes free and the next try finds it so", SlotLimit, []time.Duration{walSenderTimeout, longestPause, attemptLimit}},
		{"a person has four tries", slowLimit, []time.Duration{4 * slowPause, 4 * attemptLimit}},
		{"a try finds a slot in use", attemptLimit, []time.Duration{findHolder}},
		{"pauses between copies grow", CopyAgainMax, []time.Duration{8 * CopyAgain}},
		{"pauses grow", longestPause, []time.Duration{firstPause}},
		{"another apply does its work", ApplyLimit, []time.Duration{LookUpLimit, readConf}},
		{"the log has not every try", sayAgain, []time.Duration{slowPause, attemptLimit}},
		{"a start that tries again counts as working", workLimit, []time.Duration{slowPause, attemptLimit}},
		{"a standby's grace ends with a reason of now", doctor.StreamingGrace, []time.Duration{WhyNotAgain, HealthLimit}},
		{"the primary is not asked by each healthcheck", WhyNotAgain, []time.Duration{2 * interval}},
		{"a silence is noted more often than it is logged", CopySilence, []time.Duration{CopySayEvery}},
		{"a copy is noted more often than it is logged", CopySayEvery, []time.Duration{CopyNoteEvery}},
	} {
		var sum time.Duration
		for _, part := range c.parts {
			sum += part
		}
		if sum > c.limit {
			t.Errorf("%s: that takes up to %s, its limit is %s", c.what, sum, c.limit)
		}
	}
}
