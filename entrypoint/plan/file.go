package plan

// A File compares a mounted configuration file with the file of that name in the
// data directory. Texts are given as hashes; an empty one means that there is no
// such text.
type File struct {
	Mounted    string // the text of the mounted file
	Unreadable bool   // the file is mounted, but cannot be read
	Current    string // the text in the data directory, without the blocks that this program adds
	Placed     string // the text of the mounted file that was placed last
	Made       string // what was written instead of Placed: on a standby, without the settings of a primary; empty where it was Placed itself
	Replace    bool   // apply --replace: overwrite what somebody edited in the data directory
}

// A Verdict is what is to be done with a mounted file.
type Verdict string

const (
	NotMounted Verdict = "not mounted" // nothing
	InPlace    Verdict = "in place"    // nothing: the data directory has it already
	Edited     Verdict = "edited"      // nothing: it was placed, and then edited in the data directory
	Withheld   Verdict = "withheld"    // nothing: the mounted file has changed and the placed one was edited, and one of the two would be lost
	Due        Verdict = "due"         // place it
)

// ForFile decides what is to be done with a mounted file. One that cannot be read
// is Due, so that the attempt to place it reports why.
func ForFile(f File) Verdict {
	made := f.Made
	if made == "" {
		made = f.Placed
	}
	untouched := f.Current == made
	switch {
	case f.Unreadable:
		return Due
	case f.Mounted == "":
		return NotMounted
	case f.Mounted == f.Current, f.Mounted == f.Placed && untouched:
		return InPlace
	case f.Placed == "", untouched, f.Replace:
		return Due
	case f.Mounted == f.Placed:
		return Edited
	}
	return Withheld
}
