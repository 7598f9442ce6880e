package doctor

import (
	"fmt"

	"pgreplica/entrypoint/pg"
)

// Slots judges the replication slots of this server, and who reads from it.
func Slots(s Seen) []Finding {
	var found []Finding
	for _, slot := range s.Slots {
		found = append(found, slotKept(slot))
	}
	if s.Here != nil && !s.Here.InRecovery {
		found = append(found, followers(s))
	}
	return found
}

func slotKept(slot pg.Slot) Finding {
	switch {
	case slot.WALStatus == "lost":
		return Finding{"slot-lost", Critical, fmt.Sprintf("slot %s lost WAL that its standby needs", slot.Name),
			"Its standby must be copied anew: move its data away, then docker compose up -d slave"}
	case !slot.Active:
		return Finding{"slot-unused", Warning, fmt.Sprintf("slot %s keeps %s of WAL for nobody", slot.Name, pg.Size(slot.Kept)),
			fmt.Sprintf("If its standby is gone: docker compose exec master psql -U postgres -c \"SELECT pg_drop_replication_slot('%s')\"", slot.Name)}
	}
	return Finding{ID: "slot-unused", Text: "slot " + slot.Name + " is read from"}
}

func followers(s Seen) Finding {
	streaming := 0
	for _, f := range s.Followers {
		if f.State == "streaming" {
			streaming++
		}
	}
	switch streaming {
	case 0:
		return Finding{"followers", Warning, "no standby streams from this primary", "Look at the standby: docker compose exec slave pgreplica status"}
	case 1:
		return Finding{ID: "followers", Text: "1 standby streams"}
	}
	return Finding{ID: "followers", Text: fmt.Sprintf("%d standbys stream", streaming)}
}
