package doctor

import (
	"fmt"
	"slices"
	"time"

	"pgreplica/entrypoint/pg"
)

// A Link is the connection to the upstream.
type Link struct {
	Host      string        // the host as the environment names it
	Address   string        // host and port
	Took      time.Duration // how long the upstream took to answer
	Encrypted bool
	Public    bool         // the address is not of a private network
	Slot      pg.SlotState // the slot of this standby on the upstream
	SlotName  string       // the name of that slot
}

// stages are the checks of a connection, in PostgreSQL's order. A connection fails
// at a stage with a fault that has the stage's ID or one of its faultIDs.
var stages = []struct {
	id, good string
	faultIDs []string
}{
	{"dns", "%s is known by its name", nil},
	{"route", "%s is reached", []string{"refused", "timeout", "upstream-is-self"}},
	{"port-answers-postgres", "PostgreSQL answers at %s", nil},
	{"tls", "the TLS settings do for %s", nil},
	{"hba", "pg_hba.conf of %s lets this standby replicate", []string{"starting", "connections"}},
	{"auth", "%s accepts the password", []string{"login"}},
	{"role-replication", "the role on %s may replicate", nil},
	{"senders", "%s has a walsender to spare", nil},
}

// Upstream judges the connection to the server that a standby follows. A failed
// connection is one problem: the stages before it are OK, and the stages after it
// are left out. A fault of an upstream that answered is left to the finding
// "receiver".
func Upstream(s Seen) []Finding {
	if s.Link == nil || s.UpstreamFault == nil && s.Upstream == nil {
		return nil
	}
	failed := s.UpstreamFault
	if s.Upstream != nil {
		failed = nil
	}
	var found []Finding
	for _, stage := range stages {
		if r := failed; r != nil && (r.ID == stage.id || slices.Contains(stage.faultIDs, r.ID)) {
			return append(found, connectionFault(s))
		}
		found = append(found, Finding{ID: stage.id, Text: fmt.Sprintf(stage.good, s.Link.Address)})
	}
	if failed != nil { // a fault that belongs to no stage
		return []Finding{connectionFault(s)}
	}
	for i := range found {
		switch found[i].ID {
		case "dns":
			found[i].Text = s.Link.Host + " can be resolved"
		case "tls":
			found[i] = encryption(*s.Link)
		case "route":
			found[i].Text += fmt.Sprintf(" and answers in %d ms", s.Link.Took.Milliseconds())
		}
	}
	return append(found, linkSlot(s)...)
}

// connectionFault is the finding of a connection that failed: a warning where the
// standby streams nevertheless or the upstream is starting, otherwise critical.
func connectionFault(s Seen) Finding {
	level := Critical
	if s.Server != nil && s.Server.Streaming() || s.UpstreamFault.ID == "starting" {
		level = Warning
	}
	return Finding{s.UpstreamFault.ID, level, s.UpstreamFault.Text, s.UpstreamFault.Fix}
}

func encryption(link Link) Finding {
	switch {
	case link.Encrypted:
		return Finding{ID: "tls", Text: "the connection to " + link.Address + " is encrypted"}
	case link.Public:
		return Finding{"tls", Warning, "the connection to " + link.Address + " is not encrypted, and that address is of no private network",
			"Set ssl = on with a certificate on the primary, and MASTER_SSLMODE=verify-full with MASTER_SSLROOTCERT here."}
	}
	return Finding{ID: "tls", Text: "the connection to " + link.Address + " is not encrypted, within a private network"}
}

// linkSlot judges whether the upstream has a slot that this standby can use.
// PostgreSQL 13 and 14 do not report that to a replication connection. Slots judges
// how much WAL the slot may still keep.
func linkSlot(s Seen) []Finding {
	name := s.Link.SlotName
	if s.Server != nil && s.Server.Streaming() || s.Data != nil && s.Data.Contents == pg.Empty {
		return nil // the slot is in use, or the copy will create it
	}
	switch s.Link.Slot {
	case pg.SlotLogical:
		return []Finding{{"slot-logical", Critical, "slot " + name + " on " + s.Link.Address + " is a logical one, which no standby can use",
			"Give MASTER_SLOT another name, then " + pg.Slave.Up()}}
	case pg.SlotAbsent:
		return []Finding{{"slot-absent", Warning, "there is no slot " + name + " on " + s.Link.Address,
			"A start of this standby makes it: " + pg.Slave.Restart()}}
	}
	return nil
}
