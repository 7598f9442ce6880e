package doctor

import (
	"fmt"
	"time"

	"pgreplica/entrypoint/pg"
)

// StreamingGrace is how long a standby that has streamed may do without.
const StreamingGrace = time.Minute

// State judges what the server of this container does now.
func State(s Seen) []Finding {
	if s.Here == nil {
		return nil
	}
	found := []Finding{role(s)}
	if s.Here.InRecovery && s.Mode == pg.Standby {
		found = append(found, replay(s), receiver(s))
	}
	return found
}

// role compares what the server is with what it is to be.
func role(s Seen) Finding {
	switch {
	case s.Mode == pg.Primary && s.Here.InRecovery:
		return Finding{"role", Critical, "this server is to be a primary, but it is in recovery",
			"Make it the primary, docker compose exec master psql -U postgres -c 'SELECT pg_promote()', or start it with REPLICATION_MODE=standby."}
	case s.Mode == pg.Standby && !s.Here.InRecovery:
		return Finding{"role", Critical, "this server is to be a standby, but it accepts writes",
			"If it was promoted on purpose, start it with REPLICATION_MODE=primary; otherwise stop it now: docker compose stop slave"}
	case s.Mode == pg.Primary:
		return Finding{ID: "role", Text: "primary, accepting writes"}
	}
	return Finding{ID: "role", Text: "standby, in recovery"}
}

func replay(s Seen) Finding {
	if !s.Here.ReplayPaused {
		return Finding{ID: "replay-paused", Text: "replay goes on"}
	}
	return Finding{"replay-paused", Critical, "replay is paused: what arrives does not become visible",
		"Continue it: docker compose exec slave psql -U postgres -c 'SELECT pg_wal_replay_resume()'"}
}

// receiver is the one check that has patience: a link may break and come back.
func receiver(s Seen) Finding {
	switch {
	case s.Here.Streaming():
		return Finding{ID: "receiver", Text: fmt.Sprintf("standby, streaming, %s behind", pg.Size(s.Here.Behind()))}
	case s.Refusal != nil:
		return Finding{"receiver", Critical, "the standby does not stream: " + s.Refusal.Text, s.Refusal.Fix}
	case s.Silence < StreamingGrace:
		return Finding{"receiver", Warning, fmt.Sprintf("standby, not streaming for %s", s.Silence.Round(time.Second)),
			"Wait a minute, then look again: docker compose exec slave pgreplica status"}
	case s.Upstream != nil:
		return Finding{"receiver", Critical, "the standby does not stream, though its primary answers",
			"PostgreSQL says why in the log: docker compose logs --tail 20 slave"}
	}
	return Finding{"receiver", Critical, "standby, not streaming", "docker compose exec slave pgreplica status says more, and the log says why: docker compose logs --tail 20 slave"}
}
