package pgconf

import (
	"fmt"
	"strings"
)

// What we write into a file of the user's stands between these two lines.
// They are ours wherever they are found.
const (
	blockBegin = "# >>> pgreplica"
	blockEnd   = "# <<< pgreplica"
)

func markedBlock(says string, lines ...string) string {
	text := strings.Join(lines, "")
	if text == "" {
		return ""
	}
	return blockBegin + ": " + says + "\n" + text + blockEnd + "\n"
}

// installed is our block and then the user's file, whole and in order.
func installed(block, users string) string { return block + Users(users) }

// Users is a file without what is ours in it: a begin or an end without its
// other half goes alone, because what follows it may be the user's.
func Users(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	for _, line := range usersLines(text) {
		out.WriteString(line.text)
	}
	return out.String()
}

type numberedLine struct {
	number int
	text   string
}

func usersLines(text string) (kept []numberedLine) {
	kept = make([]numberedLine, 0, strings.Count(text, "\n")+1)
	begin, number := -1, 0
	for line := range strings.Lines(text) {
		number++
		switch {
		case strings.HasPrefix(line, blockBegin):
			begin = len(kept)
		case !strings.HasPrefix(line, blockEnd):
			kept = append(kept, numberedLine{number, line})
		case begin >= 0:
			kept, begin = kept[:begin], -1
		}
	}
	return kept
}

// MountedLine is the number in a mounted file of a line of what was installed
// of it behind a block of ours; 0 is none.
func MountedLine(block, mounted string, line int) int {
	kept := usersLines(mounted)
	at := line - strings.Count(block, "\n") - 1
	if at < 0 || at >= len(kept) {
		return 0
	}
	return kept[at].number
}

// Megabytes of WAL that are kept: at most the first, where the volume is
// large; as much as the percentage of it, where it is small; and never less
// than the last, with which a standby outlives a restart of its own.
const (
	keepMost, keepPercent, keepLeast = 1 << 10, 10, 64
	slotMost, slotPercent, slotLeast = 10 << 10, 20, 256
)

// ManagedConf is our block of postgresql.conf for a volume of that many
// bytes; zero means that nobody knows. more are lines at its end.
func ManagedConf(volumeBytes uint64, more ...string) string {
	megabytes := volumeBytes >> 20
	keep, slot := uint64(keepMost), uint64(slotMost)
	if megabytes > 0 {
		keep = min(keep, max(keepLeast, megabytes*keepPercent/100))
		slot = min(slot, max(slotLeast, megabytes*slotPercent/100))
	}
	return markedBlock("defaults. A line of yours below wins.",
		"listen_addresses = '*'\n",
		"wal_level = replica\n",
		"hot_standby = on\n",
		"max_wal_senders = 10\n",
		"max_replication_slots = 10\n",
		"hot_standby_feedback = on # a long query on a standby is not cancelled\n",
		"wal_log_hints = on # pg_rewind needs it\n",
		fmt.Sprintf("wal_keep_size = %dMB\n", keep),
		fmt.Sprintf("max_slot_wal_keep_size = %dMB # a standby that never returns does not fill the volume\n", slot),
		"password_encryption = 'scram-sha-256'\n",
		strings.Join(more, ""),
	)
}

// HostHBA is what the official image appends to initdb's own pg_hba.conf,
// which trusts connections from inside the container unless initdb was given
// --auth. No method means scram-sha-256.
func HostHBA(method string) string {
	warning := ""
	switch method {
	case "":
		method = "scram-sha-256"
	case "trust":
		warning = "# warning trust is enabled for all connections\n" +
			"# see https://www.postgresql.org/docs/current/auth-trust.html\n"
	}
	return "\n" + warning + "host all all all " + method + "\n"
}

// HasBlock says whether text carries a block of ours.
func HasBlock(text string) bool { return strings.Contains("\n"+text, "\n"+blockBegin) }
