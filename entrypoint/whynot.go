package entrypoint

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgsql"
)

const (
	// whyNotFile holds the last answer, so that a check every few seconds does
	// not ask the primary as often.
	whyNotFile  = runDir + "/why-not"
	whyNotAgain = 30 * time.Second
	// whyNotPatience leaves time to say the rest.
	whyNotPatience = time.Second
)

// whyNot asks the primary why a standby does not stream from it: whether it
// answers, and whether it still has the WAL that the standby needs next. It is
// nil where the primary knows of no reason.
func (n *Node) whyNot(ctx context.Context, here pg.Health) *pg.Fault {
	if n.cfg.MasterServer == "" || !n.cfg.ReplicationPassword.IsSet() {
		return nil
	}
	if known, fresh := n.recallWhyNot(); fresh {
		return known
	}
	session := pgsql.NewSession(n.onlooker())
	defer session.Close()
	why := n.askWhyNot(ctx, session, here)
	text := ""
	if why != nil {
		text = strings.Join([]string{why.ID, why.Text, why.Fix}, "\n")
	}
	note(whyNotFile, text)
	return why
}

func (n *Node) recallWhyNot() (why *pg.Fault, fresh bool) {
	info, errStat := os.Stat(whyNotFile)
	text, err := os.ReadFile(whyNotFile)
	if errors.Join(errStat, err) != nil || time.Since(info.ModTime()) > whyNotAgain {
		return nil, false
	}
	words := strings.SplitN(string(text), "\n", 3)
	if len(words) < 3 {
		return nil, true
	}
	return &pg.Fault{ID: words[0], Text: words[1], Fix: words[2]}, true
}

func (n *Node) askWhyNot(ctx context.Context, session *pgsql.Session, here pg.Health) *pg.Fault {
	limited, cancel := context.WithTimeout(ctx, whyNotPatience)
	defer cancel()
	if here.HeldBack { // it holds WAL behind what it has replayed, and nobody knows how much
		if _, err := session.Identify(limited); err != nil {
			return refusal(err)
		}
		return n.slotRefusal(limited, session, here.Slot)
	}
	supply, err := session.HasWAL(limited, here.Timeline, here.Received)
	switch {
	case err != nil:
		return refusal(err)
	case supply == pg.WALGone:
		return &pg.Fault{ID: doctor.NeedsCopy, Text: "the primary has removed the WAL from " + here.Received.String() + " on", Fix: "Copy it anew: " + doctor.CopyAnew}
	case supply == pg.WALAhead || supply == pg.WALElsewhere:
		return &pg.Fault{ID: doctor.Diverged, Text: "its data is not of the primary's history",
			Fix: "See from where on: " + pg.Slave.Run("plan")}
	}
	return n.slotRefusal(limited, session, here.Slot)
}

// slotRefusal is why the slot cannot be read from, as 15 and later tell it.
func (n *Node) slotRefusal(ctx context.Context, session *pgsql.Session, slot string) *pg.Fault {
	if slot == "" {
		return nil
	}
	state, _, err := session.ReadSlot(ctx, slot)
	switch {
	case err != nil:
		return refusal(err)
	case state == pg.SlotAbsent:
		return &pg.Fault{ID: "slot-absent", Text: "there is no slot " + slot + " on the primary", Fix: "A start of this standby makes it: " + pg.Slave.Restart()}
	case state == pg.SlotLost:
		return &pg.Fault{ID: "slot-lost", Text: "slot " + slot + " has lost its WAL",
			Fix: "Drop it, and the next start makes it anew: " + pg.Slave.Stop() + " && " + pg.Master.Exec("pgreplica slots drop "+slot) + " && " + pg.Slave.Up()}
	}
	return nil
}

// refusal is what doctor judges of an error of the upstream.
func refusal(err error) *pg.Fault {
	if failure, ok := errors.AsType[*pgsql.Failure](err); ok {
		return &failure.Fault
	}
	return &pg.Fault{ID: "other", Text: err.Error(), Fix: pg.Hint(err)}
}
