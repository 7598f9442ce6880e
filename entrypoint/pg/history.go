package pg

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Branch is a timeline and where its descendant left it.
type Branch struct {
	Timeline Timeline
	End      LSN
}

// A History names the timelines that one descends from, the first one first.
// Timeline 1 has none.
type History []Branch

// ParseHistory reads the text of a history file, such as 00000003.history. As
// in PostgreSQL each timeline must be greater than the one before it.
func ParseHistory(text string) (History, error) {
	var history History
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) < 2 {
			return nil, fmt.Errorf("timeline history: want a timeline and an LSN, got %q", strings.TrimSpace(line))
		}
		timeline, err := strconv.ParseUint(words[0], 10, 32)
		if err != nil || timeline == 0 || len(history) > 0 && Timeline(timeline) <= history[len(history)-1].Timeline {
			return nil, fmt.Errorf("timeline history: %q is no timeline, or not greater than the one before it", words[0])
		}
		end, err := ParseLSN(words[1])
		if err != nil {
			return nil, fmt.Errorf("timeline history: timeline %d: %w", timeline, err)
		}
		history = append(history, Branch{Timeline(timeline), end})
	}
	return history, nil
}

// EndOf says where this history leaves a timeline, if it has been on it.
func (h History) EndOf(t Timeline) (LSN, bool) {
	for _, branch := range h {
		if branch.Timeline == t {
			return branch.End, true
		}
	}
	return 0, false
}

// A HistoryMatch is what one timeline is to another of the same cluster.
type HistoryMatch string

const (
	SameTimeline HistoryMatch = "same"       // nobody was promoted; the WAL may differ nevertheless
	Ancestor     HistoryMatch = "ancestor"   // the other server, or its upstream, was promoted since
	Descendant   HistoryMatch = "descendant" // this server, or its upstream, was promoted since
	Parted       HistoryMatch = "parted"     // both went ways of their own, be it by one number
)

// Fork says what the local timeline is to the remote one. The branch is the
// last timeline that both were on and where the first of them left it; its End
// is 0 where neither did, and it is zero where they have nothing in common.
func Fork(local History, localTimeline Timeline, remote History, remoteTimeline Timeline) (HistoryMatch, Branch) {
	const open = LSN(math.MaxUint64)
	ours := append(slices.Clone(local), Branch{localTimeline, open})
	theirs := append(slices.Clone(remote), Branch{remoteTimeline, open})
	var last Branch
	for i := range min(len(ours), len(theirs)) {
		here, there := ours[i], theirs[i]
		switch {
		case here.Timeline != there.Timeline:
			return Parted, last
		case here.End == there.End:
			last = here
		case here.End == open:
			return Ancestor, there
		case there.End == open:
			return Descendant, here
		default:
			return Parted, Branch{here.Timeline, min(here.End, there.End)}
		}
	}
	return SameTimeline, Branch{Timeline: localTimeline}
}
