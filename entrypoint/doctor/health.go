package doctor

import (
	"errors"

	"pgreplica/entrypoint/pg"
)

// Health returns the line of a healthy server, or an error that says why it is not
// healthy. With live it asks only whether the server is alive, which it also is
// while a start prepares it and while it recovers.
func Health(s Seen, live bool) (line string, err error) {
	switch {
	case s.NoAnswer != nil:
		line, lives, err := unanswered(s)
		if lives && (live || err == nil) {
			return line, nil
		}
		return "", err
	case live:
		return "the server answers", nil
	}
	return healthLine(s)
}

// Busy says whether a server is not ready because it still does what has to be
// done first: it copies, makes a cluster or recovers.
func Busy(s Seen) bool {
	if s.NoAnswer == nil {
		return false
	}
	return s.NoAnswer.ID == "refused" && s.Working != "" && !s.Stalled ||
		s.NoAnswer.ID == "starting" && s.PIDFile == "starting"
}

// unanswered judges a server that takes no queries; err is nil where it is healthy
// all the same. One that refuses the login of this program lives, and may be.
func unanswered(s Seen) (line string, lives bool, err error) {
	switch text := s.NoAnswer.Text; {
	case s.refusesLogin():
		line, err = outsideHealth(s)
		return line, true, err
	case s.NoAnswer.ID == "starting" && s.PIDFile == "standby":
		line = "standby, in recovery, takes no queries: set hot_standby = on in postgresql.conf"
	case s.NoAnswer.ID == "starting":
		line = "recovery: " + text
	case s.NoAnswer.ID == "refused" && s.Working != "":
		line = s.Working
	default:
		return "", false, errors.New(text)
	}
	return line, true, errors.New(line)
}

// healthLine returns the line of a healthy server, or the worst finding as an
// error. A slot that is nearly lost, or a rejected file, does not make a server
// unhealthy: both are added to its line.
func healthLine(s Seen) (string, error) {
	found := State(s)
	if worst := Worst(found); worst.Level == Critical {
		return "", errors.New(worst.Text)
	}
	line := found[len(found)-1].Text
	if s.Mode == pg.Standby && s.neverStreamed() && !s.MayBeAlone && !s.isHeldBack() {
		return "", errors.New(line) // the grace of a start is not readiness
	}
	for _, slot := range Slots(s) {
		if slot.Level != OK && (slot.ID == "slot-nearly-lost" || slot.ID == "slot-lost") {
			line += "; " + slot.Text
		}
	}
	for _, file := range s.Files {
		line += "; the mounted " + file.Name + " is rejected, the previous one stays"
	}
	return line, nil
}
