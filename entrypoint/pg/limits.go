package pg

// Limits are the settings of which a standby needs at least what its primary
// has, by PostgreSQL's own names.
type Limits map[string]int

// LimitNames are all of them, in the order of the control file.
var LimitNames = []string{"max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_transactions", "max_locks_per_transaction"}

// A Shortage is a limit that is lower than it has to be.
type Shortage struct {
	Name       string
	Has, Needs int
}

// Below lists what of l is lower than least. What either does not know is left
// out.
func (l Limits) Below(least Limits) []Shortage {
	var short []Shortage
	for _, name := range LimitNames {
		if has, known := l[name]; known && has < least[name] {
			short = append(short, Shortage{name, has, least[name]})
		}
	}
	return short
}

// Most is of each limit the higher one.
func (l Limits) Most(other Limits) Limits {
	most := Limits{}
	for _, limits := range []Limits{l, other} {
		for name, value := range limits {
			most[name] = max(most[name], value)
		}
	}
	return most
}
