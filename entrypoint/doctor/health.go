package doctor

import "errors"

// Health says in one line how this server does its work; an error says why it
// does not. With live it says whether the server lives, which it also does while
// a start prepares it and while it only recovers.
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

// unanswered judges a server that takes no queries. One that refuses our login
// answers, and is called healthy.
func unanswered(s Seen) (line string, lives bool, err error) {
	switch text := s.NoAnswer.Text; {
	case s.NoAnswer.ID == "login":
		return text, true, nil
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
// error. A standby that is about to lose its WAL makes its primary no less
// healthy, and stands at the end of the primary's line.
func healthLine(s Seen) (string, error) {
	found := State(s)
	if worst := Worst(found); worst.Level == Critical {
		return "", errors.New(worst.Text)
	}
	line := found[len(found)-1].Text
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
