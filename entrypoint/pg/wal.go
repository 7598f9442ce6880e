package pg

import "fmt"

// BlockSize is the block size of data files in every build that is shipped, in bytes.
const BlockSize = 8192

// WALPage is the page size of WAL in every build that is shipped, in bytes.
const WALPage = 8192

// WALFile is the name of the WAL file of a timeline that holds the byte at an LSN,
// such as 000000010000000000000003. The size is that of a segment, in bytes.
func WALFile(t Timeline, at LSN, size uint64) string {
	number, each := uint64(at)/size, 1<<32/size
	return fmt.Sprintf("%08X%08X%08X", uint32(t), number/each, number%each)
}

// HistoryFile is the name of a timeline's history file, such as 00000002.history.
func HistoryFile(t Timeline) string { return fmt.Sprintf("%08X.history", uint32(t)) }

// A WALMatch compares a server's WAL with the local WAL of the same timeline.
type WALMatch string

const (
	SameWAL  WALMatch = "same"    // every byte that was compared is the same
	OtherWAL WALMatch = "differs" // they differ from At on, or from an earlier byte where At is the first one compared
	AheadWAL WALMatch = "ahead"   // the server's WAL, or its part of this timeline, ends at At, and the local WAL goes on
	GoneWAL  WALMatch = "gone"    // the server has removed the WAL to compare with
)

// A WALComparison is the result of comparing WAL byte by byte.
type WALComparison struct {
	Match    WALMatch
	At       LSN // the end of what is the same
	Compared int // bytes
}
