package pgsql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// The first major versions that have what this package asks for. No other file
// of the package compares versions. What needs no number is explained where it
// is used: in_hot_standby, which a server reports from 14 on, and
// inactive_since of a slot, from 17 on.
const (
	showsAll          = 13 // every setting in shown
	readsSlots        = 15 // READ_REPLICATION_SLOT
	namesOptions      = 15 // BASE_BACKUP (OPTION value, ...)
	collatesDatabases = 15 // pg_database.datcollversion
	endsIdleSlots     = 18 // idle_replication_slot_timeout
)

// major is the number that 15.18 (Debian 15.18-0) and 18beta1 begin with.
func major(conn *pgconn.PgConn) int {
	version := conn.ParameterStatus("server_version")
	end := strings.IndexFunc(version, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(version)
	}
	number, _ := strconv.Atoi(version[:end])
	return number
}

// settingsToAsk are the settings to ask a server of a major version for: one
// that it does not know would be an error in its log.
func settingsToAsk(major int) []string {
	switch {
	case major < showsAll:
		return []string{"transaction_read_only"}
	case major >= endsIdleSlots:
		return append(slices.Clone(shownSettings), "idle_replication_slot_timeout")
	}
	return shownSettings
}

// surveyCommand asks for a low rate, so that little is sent until the cancel
// arrives. At a lower rate the server would sleep before it sends anything:
// what it sends at once is an eighth of the rate, and it begins with 32 kB.
func surveyCommand(major int, checkpoint string) string {
	const label, rate = "pgreplica: survey", 1024 // kB/s
	if major >= namesOptions {
		return fmt.Sprintf("BASE_BACKUP (LABEL %s, PROGRESS true, CHECKPOINT %s, WAIT false, MAX_RATE %d)", QuoteLiteral(label), QuoteLiteral(checkpoint), rate)
	}
	fast := ""
	if checkpoint == "fast" {
		fast = " FAST"
	}
	return fmt.Sprintf("BASE_BACKUP LABEL %s PROGRESS%s NOWAIT MAX_RATE %d", QuoteLiteral(label), fast, rate)
}

// staleCollationsQuery lists the collations, and from 15 on the databases, that
// were made with another version of the C library or of ICU than the server has
// now.
func staleCollationsQuery(major int) string {
	query := `
SELECT 'collation ' || collname FROM pg_collation WHERE collversion <> pg_collation_actual_version(oid)`
	if major >= collatesDatabases {
		query += `
UNION ALL
SELECT 'database ' || datname FROM pg_database WHERE datcollversion <> pg_database_collation_actual_version(oid)`
	}
	return query
}
