package doctor

import (
	"fmt"
	"strings"

	"pgreplica/entrypoint/pg"
)

// A File is a mounted configuration file, compared with the file of that name in
// the data directory.
type File struct {
	Name     string
	Rejected string // why the mounted file was not placed; empty where it was not rejected
	Edited   bool   // the file in the data directory was edited there, and is kept
	Changed  bool   // the mounted file differs from what was placed last
}

// Files judges the mounted files, and settings that wait for a restart.
func Files(s Seen) []Finding {
	if s.Server == nil && len(s.Files) == 0 {
		return nil
	}
	return []Finding{s.rejectedFiles(), s.editedFiles(), s.waitingChanges()}
}

func (s Seen) rejectedFiles() Finding {
	var texts []string
	for _, f := range s.Files {
		if f.Rejected != "" {
			texts = append(texts, "the mounted "+f.Name+" is not used, the previous one stays: "+f.Rejected)
		}
	}
	fix := "Correct it, then: " + s.Mode.Service().Exec("pgreplica apply")
	if s.Server == nil {
		fix = "Correct it, then: " + s.Mode.Service().Up()
	}
	return finding("config-rejected", levelIf(len(texts) > 0, Warning), "no mounted file is rejected", strings.Join(texts, "; "), fix)
}

func (s Seen) editedFiles() Finding {
	var texts []string
	for _, f := range s.Files {
		switch {
		case f.Edited && f.Changed:
			texts = append(texts, f.Name+" was edited in the data directory, so that the mounted one, which has changed too, is not used")
		case f.Edited:
			texts = append(texts, f.Name+" was edited in the data directory, and is not the mounted one")
		}
	}
	return finding("config-edited", levelIf(len(texts) > 0, Warning), "no file that was placed was edited since", strings.Join(texts, "; "),
		"Make the same change in the mounted file. To use that one: "+s.Mode.Service().Exec("pgreplica apply --replace"))
}

// waitingChanges finds changes of the configuration that the running server does not
// use yet.
func (s Seen) waitingChanges() Finding {
	var texts, fixes []string
	for _, f := range s.Files {
		if f.Changed && !f.Edited && f.Rejected == "" && s.Server != nil {
			texts = append(texts, "the mounted "+f.Name+" has changed since it was placed")
			fixes = []string{"Place it: " + s.Mode.Service().Exec("pgreplica apply")}
		}
	}
	if s.Inside != nil && len(s.Inside.Pending) > 0 {
		texts = append(texts, pendingText(s.Inside.Pending)+" at the next start")
		fixes = append(fixes, "Restart it: "+s.Mode.Service().Restart())
	}
	return finding("config-waiting", levelIf(len(texts) > 0, Warning), "no change of the configuration waits", strings.Join(texts, "; "), strings.Join(fixes, ". "))
}

func pendingText(pending []pg.Pending) string {
	var changes []string
	for _, p := range pending {
		changes = append(changes, fmt.Sprintf("%s changes from %s to %s", p.Name, p.Now, p.Then))
	}
	return strings.Join(changes, ", ")
}
