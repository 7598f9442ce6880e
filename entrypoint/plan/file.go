package plan

// A File is a mounted configuration file beside what the data directory has of
// it. Texts are given as hashes; empty means that there is none.
type File struct {
	Mounted    string // the file that a person mounted
	Unreadable bool   // it is mounted, but cannot be read
	Current    string // the user's part of the one in the data directory
	Placed     string // the mounted one that was placed last
	Made       string // what was made of that one, where it is another: a standby leaves out what is only the primary's
	Replace    bool   // apply --replace: an edit in the data directory is given up
}

// A Verdict says what becomes of a mounted file.
type Verdict string

const (
	NotMounted Verdict = "not mounted"
	InPlace    Verdict = "in place"
	Edited     Verdict = "edited"   // in place, but for what somebody edited there
	Withheld   Verdict = "withheld" // it has changed, and the one in place was edited: nobody's work is lost
	Due        Verdict = "due"      // to be placed
)

// ForFile decides what becomes of a mounted file.
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
