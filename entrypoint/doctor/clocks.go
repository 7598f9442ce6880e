package doctor

import (
	"fmt"
	"time"
)

// apart is how far two clocks may be apart before delays in seconds mislead.
const apart = 5 * time.Second

// Clocks compares this machine's clock with the upstream's, as its last
// message had it.
func Clocks(s Seen) []Finding {
	if s.Inside == nil || s.Inside.Ahead == nil {
		return nil
	}
	ahead, which := *s.Inside.Ahead, "ahead of"
	if ahead < 0 {
		ahead, which = -ahead, "behind"
	}
	return []Finding{verdict("clocks", when(ahead > apart, Warning), "the clocks of both sides agree",
		fmt.Sprintf("this host is %s %s the primary; delays in seconds are wrong by as much", ahead.Round(time.Second), which),
		"Run chrony or systemd-timesyncd on both hosts: timedatectl set-ntp true")}
}
