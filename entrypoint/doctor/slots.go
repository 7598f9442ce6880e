package doctor

import (
	"fmt"
	"slices"
	"time"

	"pgreplica/entrypoint/pg"
)

// CopyAnew is what to type to copy a standby anew. The old data is moved away, not
// removed.
var CopyAnew = pg.Slave.Stop() + " && " + pg.Slave.Run("sh -c 'mv $PGDATA $PGDATA.lost'") + " && " + pg.Slave.Up()

// Slots judges the replication slots of this server, the standbys that stream from
// it, and the slot of a standby on its primary.
func Slots(s Seen) []Finding {
	var found []Finding
	for _, slot := range s.Slots {
		found = append(found, Slot(s, slot)...)
	}
	if s.Server != nil && !s.Server.InRecovery {
		found = append(found, followers(s))
	}
	if s.StandbySlot != nil && !toBeCopied(s) {
		found = append(found, standbySlot(s, *s.StandbySlot))
	}
	return found
}

// toBeCopied says whether a standby is to be copied anew, which makes its slot anew
// as well. The finding "receiver" already reports that.
func toBeCopied(s Seen) bool {
	return s.Data != nil && s.Data.Contents == pg.Empty || s.UpstreamFault != nil && s.UpstreamFault.ID == NeedsCopy
}

// Slot judges one slot of this server.
func Slot(s Seen, slot pg.Slot) []Finding {
	drop := s.Mode.Service().Exec("pgreplica slots drop " + slot.Name)
	if slot.WALStatus == "lost" {
		return []Finding{{"slot-lost", Critical, fmt.Sprintf("slot %s has lost WAL that its standby needs", slot.Name),
			"Its standby must be copied anew: pgreplica status says there how. If it is gone: " + drop}}
	}
	if s.isBeingCopied(slot) {
		return []Finding{slotLeft(slot), {ID: "slot-unused", Text: "slot " + slot.Name + " waits for its standby, which is being copied"}}
	}
	return []Finding{slotLeft(slot), s.slotUsed(slot, drop)}
}

// isBeingCopied says whether a base backup runs that needs the slot. The slot may be
// inactive for part of that time.
func (s Seen) isBeingCopied(slot pg.Slot) bool {
	return slices.ContainsFunc(s.Followers, func(f pg.Follower) bool { return f.State == "backup" && f.Slot == slot.Name })
}

// slotLeft warns of a slot that is close to losing its WAL, and can still be saved.
func slotLeft(slot pg.Slot) Finding {
	found := Finding{ID: "slot-nearly-lost", Text: "slot " + slot.Name + " has room"}
	switch {
	case slot.WALStatus == "unreserved":
		found.Text = fmt.Sprintf("slot %s keeps more than max_slot_wal_keep_size: the next checkpoint may take its WAL", slot.Name)
	case slot.Scarce():
		found.Text = fmt.Sprintf("slot %s is lost after %s more of WAL, of %s", slot.Name, pg.Size(slot.Left), pg.Size(slot.Limit))
	case slot.WALStatus == "extended":
		found.Text = fmt.Sprintf("slot %s keeps %s of WAL, more than max_wal_size", slot.Name, pg.Size(slot.Kept))
	default:
		return found
	}
	found.Level = Warning
	found.Fix = "Start its standby, or see there what holds it back: " + pg.Slave.Exec("pgreplica status")
	return found
}

// slotUsed warns of a slot that nobody reads. Where somebody did, its standby is gone,
// and since when is known.
func (s Seen) slotUsed(slot pg.Slot, drop string) Finding {
	found := Finding{ID: "slot-unused", Text: "slot " + slot.Name + " is read from"}
	if slot.Active {
		return found
	}
	if since := s.goneSince(slot); !since.IsZero() {
		return Finding{"slot-unused", Warning, fmt.Sprintf("the standby of slot %s is gone since %s, and the slot keeps %s of WAL for it", slot.Name, s.sinceText(since), pg.Size(max(0, slot.Kept))),
			"Start it, on its host: " + pg.Slave.Up() + ". Only if it never comes back: " + drop}
	}
	found.Text = "slot " + slot.Name + " has reserved no WAL, and nothing reads it"
	if slot.Kept >= 0 {
		found.Text = fmt.Sprintf("slot %s keeps %s of WAL for nobody", slot.Name, pg.Size(slot.Kept))
	}
	if !slot.InactiveSince.IsZero() {
		found.Text += " since " + slot.InactiveSince.UTC().Format("2006-01-02 15:04:05 MST")
	}
	found.Level, found.Fix = Warning, "If its standby is gone: "+drop
	return found
}

// standbySlot judges a standby's slot on its primary. A lost slot is only a warning
// while the standby streams: it does harm when the connection breaks the next time.
func standbySlot(s Seen, slot pg.Slot) Finding {
	if slot.WALStatus != "lost" {
		found := slotLeft(slot)
		if found.Level != OK {
			found.Fix = "See what holds this standby back: " + pg.Slave.LogTail()
		}
		return found
	}
	if s.Server != nil && s.Server.Streaming() {
		return Finding{"slot-lost", Warning, fmt.Sprintf("slot %s holds no WAL, though this standby streams", slot.Name),
			"The next start makes it anew: " + pg.Slave.Stop() + " && " + pg.Master.Exec("pgreplica slots drop "+slot.Name) + " && " + pg.Slave.Up()}
	}
	return Finding{"slot-lost", Critical, fmt.Sprintf("slot %s has lost WAL that this standby needs", slot.Name),
		"This standby must be copied anew: " + CopyAnew}
}

func followers(s Seen) Finding {
	streaming, copying := 0, 0
	for _, f := range s.Followers {
		switch f.State {
		case "streaming":
			streaming++
		case "backup":
			copying++
		}
	}
	look := "Look at the standby: " + pg.Slave.Exec("pgreplica status")
	var last time.Time
	for _, slot := range s.Slots {
		if since := s.goneSince(slot); since.After(last) {
			last = since
		}
	}
	switch {
	case streaming == 1:
		return Finding{ID: "followers", Text: "1 standby streams"}
	case streaming > 1:
		return Finding{ID: "followers", Text: fmt.Sprintf("%d standbys stream", streaming)}
	case copying > 0:
		return Finding{"followers", Warning, "no standby streams yet; one is being copied", look}
	case len(s.Followers) > 0:
		return Finding{"followers", Warning, "no standby streams yet; one is catching up", look}
	}
	if !last.IsZero() {
		return Finding{"followers", Warning, "no standby streams from this primary since " + s.sinceText(last), "Start the standby, on its host: " + pg.Slave.Up() + ". Where it runs, it says why: " + pg.Slave.Exec("pgreplica status")}
	}
	return Finding{"followers", Warning, "no standby streams from this primary", look}
}

// goneSince is when a slot that nobody reads now was read last; zero where that is
// not known, or never was.
func (s Seen) goneSince(slot pg.Slot) time.Time {
	last, read := s.LastRead[slot.Name]
	switch {
	case slot.Active || slot.Logical || !read:
		return time.Time{}
	case !slot.InactiveSince.IsZero():
		return slot.InactiveSince
	}
	return last
}

// sinceText prints a moment, and how long ago that is.
func (s Seen) sinceText(moment time.Time) string {
	return fmt.Sprintf("%s, %s ago", moment.UTC().Format("2006-01-02 15:04:05 MST"), Span(max(0, s.Now.Sub(moment)).Round(time.Second)))
}
