package pg

import "fmt"

// BlockSize is that of data files in every build that is shipped.
const BlockSize = 8192

// WALPage is the size of a page of WAL in every build that is shipped.
const WALPage = 8192

// WALFile names the file of a timeline that holds the byte at an LSN, where
// segments have a size in bytes: 000000010000000000000003.
func WALFile(t Timeline, at LSN, size uint64) string {
	number, each := uint64(at)/size, 1<<32/size
	return fmt.Sprintf("%08X%08X%08X", uint32(t), number/each, number%each)
}

// HistoryFile names the history file of a timeline: 00000002.history.
func HistoryFile(t Timeline) string { return fmt.Sprintf("%08X.history", uint32(t)) }

// A WALMatch is what a server's WAL is to a local one of the same timeline.
type WALMatch string

const (
	SameWAL  WALMatch = "same"    // every byte that was compared
	OtherWAL WALMatch = "differs" // a fork: At is its first byte, or lies after it where At is the first byte compared
	AheadWAL WALMatch = "ahead"   // the local WAL goes on At, where the server's, or its time on this timeline, ends
	GoneWAL  WALMatch = "gone"    // nothing to compare with: the server has removed it
)

// A WALComparison is the outcome of a comparison byte by byte.
type WALComparison struct {
	Match    WALMatch
	At       LSN // how far they are the same
	Compared int
}
