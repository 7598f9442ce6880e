package pg

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Branch is a timeline, and the position at which its descendant left it.
type Branch struct {
	Timeline Timeline
	End      LSN
}

// A History lists the ancestors of a timeline, the oldest first. Timeline 1 has
// none.
type History []Branch

// ParseHistory reads the text of a history file, such as 00000003.history. As in
// PostgreSQL, each timeline must be greater than the one before it.
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

// EndOf is the position at which this history leaves a timeline; ok is false where
// the timeline is not in it.
func (h History) EndOf(t Timeline) (end LSN, ok bool) {
	for _, branch := range h {
		if branch.Timeline == t {
			return branch.End, true
		}
	}
	return 0, false
}

// A HistoryMatch compares this server's timeline with that of a remote server of
// the same cluster.
type HistoryMatch string

const (
	SameTimeline HistoryMatch = "same"       // neither was promoted since; their WAL may differ nevertheless
	Ancestor     HistoryMatch = "ancestor"   // the remote server, or its upstream, was promoted since
	Descendant   HistoryMatch = "descendant" // this server, or its upstream, was promoted since
	Parted       HistoryMatch = "parted"     // their histories differ, perhaps under the same timeline number
)

// Fork compares the local timeline with the remote one. The branch is the last
// timeline that both servers were on, and the position at which the first of them
// left it. Its End is 0 where neither left it; the branch is zero where the servers
// have no timeline in common.
func Fork(local History, localTimeline Timeline, remote History, remoteTimeline Timeline) (HistoryMatch, Branch) {
	const open = LSN(math.MaxUint64)
	local = append(slices.Clone(local), Branch{localTimeline, open})
	remote = append(slices.Clone(remote), Branch{remoteTimeline, open})
	var last Branch
	for i := range min(len(local), len(remote)) {
		here, there := local[i], remote[i]
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
