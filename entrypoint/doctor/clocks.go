package doctor

import (
	"fmt"
	"time"
)

// maxClockDifference is how far two clocks may differ before delays in seconds
// mislead.
const maxClockDifference = 5 * time.Second

// Clocks compares this machine's clock with the upstream's, which is known from
// the last message of its WAL sender.
func Clocks(s Seen) []Finding {
	if s.Inside == nil || s.Inside.Ahead == nil {
		return nil
	}
	ahead, which := *s.Inside.Ahead, "ahead of"
	if ahead < 0 {
		ahead, which = -ahead, "behind"
	}
	return []Finding{finding("clocks", levelIf(ahead > maxClockDifference, Warning), "the clocks of both sides agree",
		fmt.Sprintf("this host is %s %s the primary; delays in seconds are wrong by as much", ahead.Round(time.Second), which),
		"Run chrony or systemd-timesyncd on both hosts: timedatectl set-ntp true")}
}
