package doctor

import (
	"fmt"
	"strings"

	"pgreplica/entrypoint/pg"
)

// Settings judges the configuration of this server, and those settings of its
// upstream that a standby depends on.
func Settings(s Seen) []Finding {
	found := walSource(s)
	switch {
	case s.Inside == nil || s.Server == nil:
		return found
	case s.Server.InRecovery:
		found = append(append(found, standbySettings(s)...), feedback(s), conflicts(s))
	default:
		found = append(found, Commits(s)...)
	}
	found = append(found, hotStandby(s), durability(s.Mode.Service(), s.Inside.Settings))
	return append(append(found, sharedBuffers(s)...), walSizes(s)...)
}

// floor is the shared_buffers of a PostgreSQL 13 or 14 whose files do not say it:
// initdb's did, and was replaced.
const floor = 8 * mebibyte

// sharedBuffers finds a server that has hardly any memory of its own.
func sharedBuffers(s Seen) []Finding {
	bytes, known := s.Inside.Settings.Bytes("shared_buffers")
	if !known {
		return nil
	}
	value := s.Inside.Settings["shared_buffers"]
	return []Finding{finding("shared-buffers", levelIf(bytes <= floor, Warning), "shared_buffers is "+value,
		"shared_buffers is "+value+", what PostgreSQL has where no file says anything: each query reads from outside of it",
		"Write shared_buffers = 128MB, or a quarter of the memory of this host, into the mounted postgresql.conf, or: "+alterAndRestartCommand(s.Mode.Service(), "shared_buffers = '128MB'"))}
}

// walSource judges the server that WAL comes from: this server where it is a
// primary, the upstream where it is a standby.
func walSource(s Seen) []Finding {
	var from pg.Settings
	whose := "this server"
	sendersTaken, slotsTaken := 0, 0 // of the upstream nobody knows
	switch {
	case s.Server != nil && !s.Server.InRecovery && s.Inside != nil:
		from, sendersTaken, slotsTaken = s.Inside.Settings, len(s.Followers), len(s.Slots)
	case s.Upstream != nil:
		from, whose = s.Upstream.Settings, "the upstream"
	}
	if len(from) == 0 {
		return nil
	}
	senders, _ := from.Number("max_wal_senders")
	slots, _ := from.Number("max_replication_slots")
	limit, known := from.Bytes("max_slot_wal_keep_size")
	found := []Finding{
		finding("wal-level", levelIf(from["wal_level"] == "minimal", Critical), "wal_level of "+whose+" is "+from["wal_level"], "wal_level of "+whose+" is minimal: nobody can follow it",
			alterAndRestartCommand("master", "wal_level = replica")),
		finding("max-wal-senders", worseLevelIf(senders < 2, Critical, senders-sendersTaken < 2, Warning), fmt.Sprintf("max_wal_senders of %s is %d", whose, senders),
			fmt.Sprintf("max_wal_senders of %s is %d and %d are taken: a new standby needs two, a base backup and its WAL", whose, senders, sendersTaken), alterAndRestartCommand("master", fmt.Sprint("max_wal_senders = ", max(10, 2*senders)))),
		finding("max-replication-slots", worseLevelIf(slots < 1, Critical, slots <= slotsTaken, Warning), fmt.Sprintf("max_replication_slots of %s is %d", whose, slots),
			fmt.Sprintf("max_replication_slots of %s is %d and %d are taken: a new standby needs one", whose, slots, slotsTaken), alterAndRestartCommand("master", fmt.Sprint("max_replication_slots = ", max(10, 2*slots)))),
	}
	if known {
		found = append(found, finding("slot-limit", levelIf(limit < 0, Warning), "max_slot_wal_keep_size of "+whose+" is "+from["max_slot_wal_keep_size"],
			"max_slot_wal_keep_size of "+whose+" is -1: a standby that does not return fills its disk with WAL",
			alterCommand("master", "max_slot_wal_keep_size = '10GB'")))
	}
	return found
}

// levelIf is the level where the condition holds, otherwise OK.
func levelIf(condition bool, level Level) Level {
	if condition {
		return level
	}
	return OK
}

// worseLevelIf is the worse one of the levels whose conditions hold, otherwise OK.
func worseLevelIf(first bool, firstLevel Level, second bool, secondLevel Level) Level {
	return max(levelIf(first, firstLevel), levelIf(second, secondLevel))
}

// hotStandby checks a primary too: a new standby starts with a copy of the primary's
// configuration, and with hot_standby off it would let nobody log in.
func hotStandby(s Seen) Finding {
	return finding("hot-standby", levelIf(s.Inside.Settings["hot_standby"] == "off", Warning), "hot_standby is on",
		"hot_standby is off: a standby copied from here lets nobody read", alterAndRestartCommand(s.Mode.Service(), "hot_standby = on"))
}

// standbySettings compares the five settings that must be at least as high on a
// standby as on its primary. Where one is lower, replay stops sooner or later.
func standbySettings(s Seen) []Finding {
	if s.Upstream == nil || len(s.Upstream.Settings) == 0 {
		return nil
	}
	limits := func(settings pg.Settings) pg.Limits {
		known := pg.Limits{}
		for _, name := range pg.LimitNames {
			if value, ok := settings.Number(name); ok {
				known[name] = value
			}
		}
		return known
	}
	var lower []string
	for _, short := range limits(s.Inside.Settings).Below(limits(s.Upstream.Settings)) {
		lower = append(lower, fmt.Sprintf("%s is %d here and %d there", short.Name, short.Has, short.Needs))
	}
	return []Finding{finding("standby-settings", levelIf(len(lower) > 0, Warning), "max_connections and the four like it are as high as the upstream's",
		strings.Join(lower, ", ")+": with less than its upstream a standby pauses or ends", "A restart raises them: "+pg.Slave.Restart())}
}

// feedback judges hot_standby_feedback. Off is a problem only where recovery has
// cancelled queries. On is one for a delayed standby: it makes the primary keep the
// dead rows of all WAL that is yet to be replayed, even if nobody queries the standby.
func feedback(s Seen) Finding {
	value := s.Inside.Settings["hot_standby_feedback"]
	well := "hot_standby_feedback is " + value
	if s.Server != nil && s.Server.ApplyDelay > 0 {
		return finding("hot-standby-feedback", levelIf(value == "on", Warning), well,
			"hot_standby_feedback is on, and each change is shown "+Span(s.Server.ApplyDelay)+" later: the primary keeps every dead row that long", alterCommand(pg.Slave, "hot_standby_feedback = off"))
	}
	return finding("hot-standby-feedback", levelIf(value == "off" && s.Inside.Cancelled > 0, Warning), well,
		"hot_standby_feedback is off, and recovery cancels queries here", alterCommand(pg.Slave, "hot_standby_feedback = on"))
}

func conflicts(s Seen) Finding {
	return finding("recovery-conflicts", levelIf(s.Inside.Cancelled > 0, Warning), "recovery has cancelled no query here",
		fmt.Sprintf("recovery has cancelled %s here since the statistics began", countText(int(s.Inside.Cancelled), "query", "queries")),
		"Let queries here run longer (max_standby_streaming_delay is "+s.Inside.Settings["max_standby_streaming_delay"]+"): "+alterCommand(pg.Slave, "max_standby_streaming_delay = '5min'")+". To count anew, in each database: "+
			pg.Slave.Exec("psql -U postgres -d DATABASE -c 'SELECT pg_stat_reset()'"))
}

// Commits compares the number of standbys that a primary's commits wait for with the
// number that are connected. PostgreSQL reports the state sync or quorum only of a
// standby that is connected and named in synchronous_standby_names.
func Commits(s Seen) []Finding {
	if s.Server == nil || s.Server.InRecovery {
		return nil
	}
	list, there := s.Server.Commits.Names, s.Server.Commits.There
	if list == "" {
		return []Finding{{ID: "synchronous-standbys", Text: "commits wait for no standby"}}
	}
	wanted := synchronousCount(list)
	return []Finding{finding("synchronous-standbys", levelIf(commitsHang(*s.Server), Critical), fmt.Sprintf("commits wait for %d of %s, and they are there", wanted, list),
		fmt.Sprintf("commits hang: synchronous_standby_names is %s, and %d of the %d that they wait for are there", list, there, wanted),
		"Start the standby that is missing; its name is its MASTER_SLOT. Or wait for none: "+alterCommand("master", "synchronous_standby_names = ''"))}
}

// commitsHang says whether a primary's commits wait for standbys that are not there.
func commitsHang(server pg.Health) bool {
	c := server.Commits
	return !server.InRecovery && c.Names != "" && c.There < synchronousCount(c.Names) && c.Mode != "off" && c.Mode != "local"
}

// synchronousCount is how many standbys synchronous_standby_names waits for: 2 in
// FIRST 2 (a, b), ANY 2 (a, b) and 2 (a, b), but 1 in a, b.
func synchronousCount(list string) int {
	head, _, found := strings.Cut(list, "(")
	words := strings.Fields(head)
	if !found || len(words) == 0 {
		return 1
	}
	count := 1
	_, _ = fmt.Sscan(words[len(words)-1], &count)
	return count
}

func durability(service pg.Service, settings pg.Settings) Finding {
	var off []string
	for _, name := range []string{"fsync", "full_page_writes"} {
		if settings[name] == "off" {
			off = append(off, name)
		}
	}
	return finding("durability", levelIf(len(off) > 0, Critical), "fsync and full_page_writes are on",
		strings.Join(off, " and ")+" off: a crash of this host can destroy the cluster",
		alterCommand(service, "fsync = on", "full_page_writes = on"))
}

func countText(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
