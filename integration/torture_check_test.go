//go:build integration

package integration

import (
	"fmt"
	"regexp"
)

// streams says what keeps a standby from being its primary's one true copy.
func (l *lab) streams(_ flow, c Container) string {
	l.t.Helper()
	const streaming = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name LIKE 'pgreplica\\_%' AND replay_lsn IS NOT NULL"
	if !l.within(c, func() bool { return l.ask(streaming) == "1" }) {
		return "it does not stream"
	}
	line := l.ask("INSERT INTO ledger SELECT max(line) + 1, md5(random()::text) FROM ledger RETURNING line")
	if !l.within(c, func() bool {
		arrived, err := c.trySQL("SELECT count(*) FROM ledger WHERE line = " + line)
		return err == nil && arrived == "1"
	}) {
		return "a new row does not arrive"
	}
	const rows = "SELECT md5(string_agg(l::text, ' ' ORDER BY line)) FROM ledger l"
	got, err := c.trySQL("SELECT pg_is_in_recovery()::text || ' ' || (" + rows + ")")
	if want := "true " + l.ask(rows); err != nil || got != want {
		return fmt.Sprintf("in recovery, and its rows: got %s, want %s", got, want)
	}
	const slots = "SELECT count(*) || ' ' || count(*) FILTER (WHERE active) FROM pg_replication_slots"
	if got := l.ask(slots); got != "1 1" {
		return "slots and active slots: got " + got + ", want 1 1"
	}
	if got := l.ask("SELECT count(*) FROM pg_stat_replication"); got != "1" {
		return "the primary has " + got + " replication connections, want 1"
	}
	return ""
}

// facts are all that a new primary is to have beside PostgreSQL's own.
const facts = `
SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolcanlogin, rolreplication, left(rolpassword, 13) FROM pg_authid WHERE rolname !~ '^pg_' ORDER BY 1;
SELECT datname, datallowconn FROM pg_database ORDER BY 1;
SELECT line_number, type, database, user_name, address, auth_method, error FROM pg_hba_file_rules;
SELECT name, setting FROM pg_file_settings WHERE name <> 'max_slot_wal_keep_size' AND name <> 'cluster_name';
SELECT pg_is_in_recovery(), (SELECT system_identifier FROM pg_control_system()) > 0;`

// serves says what keeps a primary from being the one that an undisturbed
// start gives.
func (l *lab) serves(f flow, c Container) string {
	l.t.Helper()
	database := "torture"
	if f.before {
		database = "postgres"
	}
	login := func(role, password, statement string) (string, error) {
		return c.tryExec("sh", "-c", `PGPASSWORD="$2" exec psql -XAtq -h "$(hostname -i)" -U "$1" -d "$3" -c "$4"`, "login", role, password, database, statement)
	}
	if !l.within(c, func() bool { _, err := login("adempiere", "torture-2", "SELECT 1"); return err == nil }) {
		return "the application cannot log in"
	}
	got, err := login("adempiere", "torture-2", facts)
	if err != nil {
		return got
	}
	if l.facts == "" {
		l.facts = got
	}
	if got != l.facts {
		return fmt.Sprintf("it has\n%s\nwant, as an undisturbed start has it,\n%s", got, l.facts)
	}
	if f.before {
		rows, err := login("adempiere", "torture-2", "SELECT count(*) || ' ' || bool_and(entry = md5(line::text)) FROM ledger")
		if err != nil || rows != "5000 true" {
			return "its rows: got " + rows + ", want 5000 true"
		}
	}
	replication, err := c.tryExec("sh", "-c", `PGPASSWORD=torture-3 exec psql -XAtq "host=$(hostname -i) user=postgres_replicator dbname=postgres replication=true" -c IDENTIFY_SYSTEM`)
	if err != nil || !identified.MatchString(replication) {
		return "the replication role cannot log in: " + replication
	}
	return ""
}

var identified = regexp.MustCompile(`^\d+\|1\|`)

// within waits for a condition while a container runs.
func (l *lab) within(c Container, condition func() bool) bool {
	l.t.Helper()
	came := false
	within(patience, func() bool {
		came = condition()
		return came || c.Inspect("{{.State.Running}}") == "false"
	})
	return came
}
