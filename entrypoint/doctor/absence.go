package doctor

import (
	"fmt"

	"pgreplica/entrypoint/pg"
)

// Absence describes a server that does not answer: its state in one to three words,
// and the finding that explains it. Seen.NoAnswer must be there, and Volume and Data
// where it is "refused".
func Absence(s Seen) (state string, why Finding) {
	why = Finding{ID: "server", Level: Critical, Text: s.NoAnswer.Text, Fix: s.NoAnswer.Fix}
	switch {
	case s.NoAnswer.ID == "starting":
		return "starting", why
	case s.refusesLogin():
		why.ID, why.Text = s.NoAnswer.ID, s.NoAnswer.Text+"; seen from outside: "+outside(s).Text
		return s.outsideState(), why
	case s.NoAnswer.ID != "refused":
		return "no answer", why
	case s.Working != "":
		why.Level, why.Text = Warning, "no server runs yet: "+s.Working
		why.Fix = "Wait, or see how far it is: " + s.Mode.Service().LogTail()
		return "preparing", why
	case s.Volume.InUse:
		why.Text = "no server runs in this container, but another one uses the volume"
		why.Fix = "Ask that one: " + s.Mode.Service().Exec("pgreplica status")
		return "in use elsewhere", why
	case s.Data.Contents != pg.Cluster:
		why.Level = Unknown
		why.Text = fmt.Sprintf("no server runs, and the data directory is %s", s.Data.Contents)
		why.Fix = "See what a start would do: " + s.Mode.Service().Run("plan")
	default:
		why.Text, why.Fix = "no server runs here", "Start it: "+s.Mode.Service().Up()
	}
	return "stopped", why
}
