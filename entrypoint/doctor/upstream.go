package doctor

import (
	"fmt"
	"slices"
	"time"

	"pgreplica/entrypoint/pg"
)

// A Link is the way to the upstream.
type Link struct {
	Host      string        // as the environment names it
	Address   string        // with its port
	Took      time.Duration // until the upstream had answered
	Encrypted bool
	Public    bool         // the address is of no private network
	Slot      pg.SlotState // this standby's on the upstream
	SlotName  string
}

// stages are what a connection goes through, in PostgreSQL's order; each names
// the refusals that end it there.
var stages = []struct {
	id, good string
	ends     []string
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

// Upstream judges the way to the server that a standby follows. One failed
// connection is one problem: what came before it went well, and of what would
// have come after it nothing is said. Of a refusal by an upstream that answered
// the receiver tells.
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
		if r := failed; r != nil && (r.ID == stage.id || slices.Contains(stage.ends, r.ID)) {
			return append(found, refused(s))
		}
		found = append(found, Finding{ID: stage.id, Text: fmt.Sprintf(stage.good, s.Link.Address)})
	}
	if failed != nil { // of no stage
		return []Finding{refused(s)}
	}
	for i := range found {
		switch found[i].ID {
		case "dns":
			found[i].Text = s.Link.Host + " can be resolved"
		case "tls":
			found[i] = encrypted(*s.Link)
		case "route":
			found[i].Text += fmt.Sprintf(" and answers in %d ms", s.Link.Took.Milliseconds())
		}
	}
	return append(found, ownSlot(s)...)
}

// refused is worth a warning only where the standby streams all the same.
func refused(s Seen) Finding {
	level := Critical
	if s.Server != nil && s.Server.Streaming() || s.UpstreamFault.ID == "starting" {
		level = Warning
	}
	return Finding{s.UpstreamFault.ID, level, s.UpstreamFault.Text, s.UpstreamFault.Fix}
}

func encrypted(link Link) Finding {
	switch {
	case link.Encrypted:
		return Finding{ID: "tls", Text: "the connection to " + link.Address + " is encrypted"}
	case link.Public:
		return Finding{"tls", Warning, "the connection to " + link.Address + " is not encrypted, and that address is of no private network",
			"Set ssl = on with a certificate on the primary, and MASTER_SSLMODE=verify-full with MASTER_SSLROOTCERT here."}
	}
	return Finding{ID: "tls", Text: "the connection to " + link.Address + " is not encrypted, within a private network"}
}

// ownSlot judges whether there is a slot that this standby could read from, as 15
// and later tell it. What it has left, Slots judges.
func ownSlot(s Seen) []Finding {
	name := s.Link.SlotName
	if s.Server != nil && s.Server.Streaming() || s.Data != nil && s.Data.Contents == pg.Empty {
		return nil // it is in use, or to be made
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
