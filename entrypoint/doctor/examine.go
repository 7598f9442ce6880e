package doctor

import "slices"

// A Check is a finding and the group that it belongs to.
type Check struct {
	Group string
	Finding
}

// Examine returns every check that can be made of what was found, in the order of
// their groups.
func Examine(s Seen) []Check {
	var all []Check
	for _, group := range []struct {
		name   string
		checks func(Seen) []Finding
	}{
		{"configuration", Configuration}, {"configuration", Files}, {"network", Upstream}, {"identity", Identity}, {"settings", Settings},
		{"state", Data}, {"state", State}, {"state", Slots}, {"state", Damage}, {"room", Archive}, {"room", Rooms}, {"time", Clocks}, {"safety", Clients}, {"safety", Safety},
	} {
		for _, f := range group.checks(s) {
			if !s.isDuplicate(f) {
				all = append(all, Check{groupOf(f.ID, group.name), f})
			}
		}
	}
	return all
}

// groupOf moves the checks of a login out of the group of the network, where
// Upstream makes both.
func groupOf(id, group string) string {
	if slices.Contains([]string{"hba", "auth", "login", "role-replication", "senders", "connections"}, id) {
		return "login"
	}
	return group
}

// isDuplicate says whether a finding is the receiver's and only repeats why the
// upstream cannot be used, which Upstream has found already.
func (s Seen) isDuplicate(f Finding) bool {
	return f.ID == "receiver" && f.Level != OK && s.UpstreamFault != nil
}

// Problems are the checks that are not OK, the worst first.
func Problems(checks []Check) []Check {
	bad := slices.DeleteFunc(slices.Clone(checks), func(c Check) bool { return c.Level == OK })
	slices.SortStableFunc(bad, func(a, b Check) int { return compare(a.Finding, b.Finding) })
	return bad
}

// finding is the result of one check: it has the text good where the level is OK,
// otherwise bad and fix.
func finding(id string, level Level, good, bad, fix string) Finding {
	if level == OK {
		return Finding{ID: id, Text: good}
	}
	return Finding{id, level, bad, fix}
}
