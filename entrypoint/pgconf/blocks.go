package pgconf

import (
	"fmt"
	"strings"
)

// The managed block is what we write into a configuration file of the user's: all
// lines from blockBegin to blockEnd. Wherever in a file these two lines are found,
// we wrote them.
const (
	blockBegin = "# >>> pgreplica"
	blockEnd   = "# <<< pgreplica"
)

// markedBlock makes a managed block of lines, with a title in its first line;
// nothing where there are no lines.
func markedBlock(title string, lines ...string) string {
	text := strings.Join(lines, "")
	if text == "" {
		return ""
	}
	return blockBegin + ": " + title + "\n" + text + blockEnd + "\n"
}

// prependBlock is the block and then the user's file, whole and in order,
// without the block that an earlier start wrote there.
func prependBlock(block, userFile string) string { return block + WithoutBlocks(userFile) }

// WithoutBlocks is a file without the managed blocks in it. Where only the first or
// only the last line of a block is found, this line alone is left out, because
// the lines around it may be the user's.
func WithoutBlocks(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	for _, line := range linesOutsideBlocks(text) {
		out.WriteString(line.text)
	}
	return out.String()
}

// A numberedLine is a line with its number in the file, from 1.
type numberedLine struct {
	number int
	text   string
}

// linesOutsideBlocks are the lines that WithoutBlocks keeps.
func linesOutsideBlocks(text string) (kept []numberedLine) {
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

// MountedLine is the number that a line of an installed file has in the mounted
// file it was made from; 0 where the line is not from there. The installed file
// begins with block.
func MountedLine(block, mounted string, line int) int {
	kept := linesOutsideBlocks(mounted)
	at := line - strings.Count(block, "\n") - 1
	if at < 0 || at >= len(kept) {
		return 0
	}
	return kept[at].number
}

// wal_keep_size (keep) and max_slot_wal_keep_size (slot) are a percentage of the
// volume, but at most and at least so many megabytes. With keepLeast a standby
// still finds its WAL after a restart of its own.
const (
	keepMost, keepPercent, keepLeast = 1 << 10, 10, 64
	slotMost, slotPercent, slotLeast = 10 << 10, 20, 256
)

// ManagedConf is the managed block of postgresql.conf for a volume of that many
// bytes; 0 means that its size is unknown. more are lines at its end.
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

// HostHBA is what the official image appends to initdb's own pg_hba.conf, which
// trusts connections from inside the container unless initdb was given --auth.
// An empty method means scram-sha-256.
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

// HasBlock says whether a managed block begins in text.
func HasBlock(text string) bool { return strings.Contains("\n"+text, "\n"+blockBegin) }
