package pg

// Limits are settings that must be at least as high on a standby as on its primary,
// by PostgreSQL's own names.
type Limits map[string]int

// LimitNames are the names of all Limits, in the order of pg_control.
var LimitNames = []string{"max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_transactions", "max_locks_per_transaction"}

// A Shortage is a limit that is lower than needed.
type Shortage struct {
	Name       string
	Has, Needs int
}

// Below lists the limits of l that are lower than in least. A limit that is in only
// one of the two is left out.
func (l Limits) Below(least Limits) []Shortage {
	var short []Shortage
	for _, name := range LimitNames {
		if has, known := l[name]; known && has < least[name] {
			short = append(short, Shortage{name, has, least[name]})
		}
	}
	return short
}

// Most is the higher value of each limit.
func (l Limits) Most(other Limits) Limits {
	most := Limits{}
	for _, limits := range []Limits{l, other} {
		for name, value := range limits {
			most[name] = max(most[name], value)
		}
	}
	return most
}
