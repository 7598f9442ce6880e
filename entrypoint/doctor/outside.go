package doctor

import (
	"errors"
	"time"

	"pgreplica/entrypoint/pg"
)

// outsideHealth is the line of a server that refuses the login of this program. It
// is healthy where its files and processes show that it does its work.
func outsideHealth(s Seen) (line string, err error) {
	found := outside(s)
	line = found.Text + "; " + s.NoAnswer.Text
	if found.Level != OK {
		err = errors.New(line)
	}
	return line, err
}

// outside judges a server by its files and processes alone. Whether a standby has
// replayed what it received is not known then.
func outside(s Seen) Finding {
	seen := s.Outside
	found := Finding{ID: "receiver", Level: Critical, Fix: s.NoAnswer.Fix}
	switch {
	case seen == nil:
		found.Text, found.Level = "what this server does is not known", Unknown
	case seen.Standby != (s.Mode == pg.Standby):
		return role(Seen{Mode: s.Mode, Server: &pg.Health{InRecovery: seen.Standby}})
	case s.Mode == pg.Primary && s.NoAnswer.ID == "locale":
		found.Text = "primary, and none of its databases can be opened"
	case s.Mode == pg.Primary:
		return Finding{ID: "role", Text: "primary"}
	case seen.Reception == pg.Streams:
		return Finding{ID: "receiver", Text: "standby, streaming, how far behind is not known"}
	case seen.Reception == pg.NotKnown && !s.MayBeAlone:
		found.Text, found.Level = "standby, and whether it streams is not known", Unknown
	default:
		found.Text = "standby, NOT CONNECTED since it started"
		if s.SinceStreaming < NeverStreamed {
			found.Text = "standby, NOT CONNECTED for " + s.SinceStreaming.Round(time.Second).String()
		}
		if s.MayBeAlone || s.SinceStreaming < StreamingGrace {
			found.Level = OK
		}
	}
	return found
}

// outsideState is the state of a server that refuses our login, in two words.
func (s Seen) outsideState() string {
	switch {
	case s.Outside == nil:
		return "no answer"
	case !s.Outside.Standby:
		return "running"
	case s.Outside.Reception == pg.Streams:
		return "streaming"
	case s.Outside.Reception == pg.NoReceiver:
		return "not connected"
	}
	return "not known"
}
