package pg

import (
	"slices"
	"testing"
)

// third is 00000003.history as PostgreSQL writes it: a line for each ancestor, with
// an empty line between the copied lines and the new one.
const third = "1\t0/3000060\tno recovery target specified\n\n2\t1/B374D848\tbefore 2026-11-23 21:00:00+00\n"

func TestAHistoryFileIsReadAsPostgreSQLReadsIt(t *testing.T) {
	for text, want := range map[string]History{
		"":    nil,
		third: {{1, 0x3000060}, {2, 0x1B374D848}},
		"# restored by hand\n  1 0/3000060\n\t\n": {{1, 0x3000060}},
		"1\t0/3000060":               {{1, 0x3000060}},
		"3\t0/1\tx\r\n4\t0/1\ty\r\n": {{3, 1}, {4, 1}},
	} {
		if got, err := ParseHistory(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"1", "x\t0/1\n", "0\t0/1\n", "-1\t0/1\n", "4294967296\t0/1\n", "1\t01\n", "1\t0/x\n", "2\t0/1\n1\t0/2\n", "1\t0/1\n1\t0/2\n"} {
		if got, err := ParseHistory(text); err == nil {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestAHistoryKnowsWhereItLeftATimeline(t *testing.T) {
	history, err := ParseHistory(third)
	if err != nil {
		t.Fatal(err)
	}
	for timeline, want := range map[Timeline]LSN{1: 0x3000060, 2: 0x1B374D848, 3: 0, 4: 0} {
		if got, ok := history.EndOf(timeline); got != want || ok != (want != 0) {
			t.Errorf("timeline %d: got %s, %t, want %s", timeline, got, ok, want)
		}
	}
}

func TestAForkIsFoundLineByLine(t *testing.T) {
	second := History{{1, 100}}
	for _, c := range []struct {
		about           string
		local           History
		localTimeline   Timeline
		remote          History
		remoteTimeline  Timeline
		relation, other HistoryMatch
		branch          Branch
	}{
		{"a pair", nil, 1, nil, 1, SameTimeline, SameTimeline, Branch{1, 0}},
		{"a pair after a promotion", second, 2, second, 2, SameTimeline, SameTimeline, Branch{2, 0}},
		{"an old primary", nil, 1, second, 2, Ancestor, Descendant, Branch{1, 100}},
		{"an old primary, two promotions later", nil, 1, History{{1, 100}, {2, 200}}, 3, Ancestor, Descendant, Branch{1, 100}},
		{"the primary in between", second, 2, History{{1, 100}, {2, 200}}, 3, Ancestor, Descendant, Branch{2, 200}},
		{"two timeline 2s", History{{1, 90}}, 2, second, 2, Parted, Parted, Branch{1, 90}},
		{"a timeline 2 of which the later one knows nothing", History{{1, 90}}, 2, History{{1, 100}, {2, 200}}, 3, Parted, Parted, Branch{1, 90}},
		{"two numbers from one fork", second, 2, second, 3, Parted, Parted, Branch{1, 100}},
		{"a number that was skipped", second, 2, History{{1, 120}}, 3, Parted, Parted, Branch{1, 100}},
		{"one parted on timeline 2", History{{1, 100}, {2, 200}}, 3, History{{1, 100}, {2, 250}}, 4, Parted, Parted, Branch{2, 200}},
		{"nothing in common", nil, 1, nil, 2, Parted, Parted, Branch{}},
	} {
		if got, branch := Fork(c.local, c.localTimeline, c.remote, c.remoteTimeline); got != c.relation || branch != c.branch {
			t.Errorf("%s: got %s at %v, want %s at %v", c.about, got, branch, c.relation, c.branch)
		}
		if got, branch := Fork(c.remote, c.remoteTimeline, c.local, c.localTimeline); got != c.other || branch.End != c.branch.End {
			t.Errorf("%s, seen from the other side: got %s at %v, want %s at %v", c.about, got, branch, c.other, c.branch)
		}
	}
}

func FuzzHistory(f *testing.F) {
	f.Add(third, third, uint32(3), uint32(3))
	f.Add("1\t0/28011AC8\tno recovery target specified\n", "1\t0/28C4FDD8\tno recovery target specified\n", uint32(2), uint32(2))
	f.Add("", "1\t0/3000060\tx\n", uint32(1), uint32(2))
	f.Add("# x\n\n1 FFFFFFFF/FFFFFFFF", "1\t0/0", uint32(0), uint32(1))
	f.Fuzz(func(t *testing.T, one, other string, oneTimeline, otherTimeline uint32) {
		local, err := ParseHistory(one)
		if err != nil {
			return
		}
		for i, branch := range local {
			if branch.Timeline == 0 || i > 0 && branch.Timeline <= local[i-1].Timeline {
				t.Errorf("%q: accepted %v", one, local)
			}
			if end, ok := local.EndOf(branch.Timeline); !ok || end != branch.End {
				t.Errorf("%q: timeline %d ends at %s, want %s", one, branch.Timeline, end, branch.End)
			}
		}
		if got, _ := Fork(local, Timeline(oneTimeline), local, Timeline(oneTimeline)); got != SameTimeline {
			t.Errorf("%q: %s as itself", one, got)
		}
		remote, err := ParseHistory(other)
		if err != nil {
			return
		}
		opposite := map[HistoryMatch]HistoryMatch{SameTimeline: SameTimeline, Ancestor: Descendant, Descendant: Ancestor, Parted: Parted}
		there, at := Fork(local, Timeline(oneTimeline), remote, Timeline(otherTimeline))
		back, same := Fork(remote, Timeline(otherTimeline), local, Timeline(oneTimeline))
		if back != opposite[there] || at.End != same.End {
			t.Errorf("%q, %q: there %s at %v, back %s at %v", one, other, there, at, back, same)
		}
	})
}
