package doctor

import "slices"

// A Check is a finding and the group that it belongs to.
type Check struct {
	Group string
	Finding
}

// Examine is every check that can be made of what was seen.
func Examine(s Seen) []Check {
	var all []Check
	for _, group := range []struct {
		name   string
		checks func(Seen) []Finding
	}{
		{"configuration", Configuration}, {"configuration", Files}, {"network", Upstream}, {"identity", Identity}, {"settings", Settings},
		{"state", Data}, {"state", State}, {"state", Slots}, {"room", Rooms}, {"time", Clocks}, {"safety", Safety},
	} {
		for _, f := range group.checks(s) {
			if !s.repeats(f) {
				all = append(all, Check{groupOf(f.ID, group.name), f})
			}
		}
	}
	return all
}

// groupOf parts what follows once a connection stands from the way to it.
func groupOf(id, group string) string {
	if slices.Contains([]string{"hba", "auth", "login", "role-replication", "senders", "connections"}, id) {
		return "login"
	}
	return group
}

// repeats is true of a link that does not stream because the upstream cannot
// be used: that is told once, where it was found.
func (s Seen) repeats(f Finding) bool {
	return f.ID == "receiver" && f.Level != OK && s.UpstreamFault != nil
}

// Problems are the checks that are not OK, the worst first.
func Problems(checks []Check) []Check {
	bad := slices.DeleteFunc(slices.Clone(checks), func(c Check) bool { return c.Level == OK })
	slices.SortStableFunc(bad, func(a, b Check) int { return rank(b.Level) - rank(a.Level) })
	return bad
}

// verdict is one check's answer: good where the level is OK, else bad.
func verdict(id string, level Level, good, bad, fix string) Finding {
	if level == OK {
		return Finding{ID: id, Text: good}
	}
	return Finding{id, level, bad, fix}
}
