package entrypoint

import (
	"errors"

	"pgreplica/entrypoint/pgdata"
)

// A placement is what became of a mounted file.
type placement struct {
	mounted
	verdict
	placed  bool
	refused *rejected // why it was not placed

	// Lines that PostgreSQL takes, and that let nobody in.
	placeholders, unknownHosts []string
}

// settled notes that a mounted file is in place, and forgets that it was
// rejected where it no longer stands in the way.
func (n *Node) settled(p placement) {
	if p.refused == nil {
		if _, was := n.state.Rejected[p.name]; was {
			delete(n.state.Rejected, p.name)
			n.dirty = true
		}
	}
	if p.placed || p.verdict == same && n.state.Files[p.name] != p.sum() {
		n.setFile(p.name, p.sum())
	}
}

func (n *Node) setFile(name, hash string) {
	if n.state.Files == nil {
		n.state.Files = map[string]string{}
	}
	n.state.Files[name] = hash
	delete(n.state.Placed, name)
	n.dirty = true
}

// reject notes why a mounted file was not placed. The state is a later start's
// memory, and healthcheck's and doctor's.
func (n *Node) reject(p *placement) {
	known := n.state.Rejected[p.name]
	if known.Hash == p.refused.hash && known.Under == p.refused.under && known.Reason == p.refused.reason {
		return
	}
	if n.state.Rejected == nil {
		n.state.Rejected = map[string]pgdata.Rejection{}
	}
	n.state.Rejected[p.name] = pgdata.Rejection{Hash: p.refused.hash, Under: p.refused.under, Reason: p.refused.reason, At: now()}
	n.dirty = true
}

// logPlacements says what a start did with the mounted files.
func (n *Node) logPlacements(all []placement) {
	for _, p := range all {
		for _, line := range p.placeholders {
			n.log.Warn().Str("file", p.path).Str("line", line).
				Str("hint", "Replace it by an address, or remove the line: REPLICATION_ALLOW makes the one that a standby needs.").
				Msg("a placeholder was never replaced")
		}
		for _, line := range p.unknownHosts {
			n.log.Warn().Str("file", p.path).Str("line", line).Str("hint", "Correct the name, or write an address. Until it is known, the line lets nobody in.").
				Msg("a host name of pg_hba.conf is not known")
		}
		hint := "To use the mounted one instead: " + n.apply() + " --replace"
		switch {
		case p.refused != nil:
			n.log.Error().Err(p.refused).Str("hint", p.refused.Hint()).Msg("kept the previous " + p.name)
		case p.placed:
			n.log.Info().Str("file", p.path).Msg("placed the mounted file")
		case p.verdict == edited:
			n.log.Warn().Str("file", n.layout.Dir+"/"+p.name).Str("hint", hint).
				Msg("this file was edited in the data directory, and is kept so")
		case p.verdict == withheld:
			n.log.Warn().Str("file", p.path).Str("hint", hint).
				Msg("the mounted file has changed, but is not used: the one in the data directory was edited, and is kept so")
		}
	}
}

// apply is what to type to have the mounted files placed while the server runs.
func (n *Node) apply() string { return "docker compose exec " + n.service() + " pgreplica apply" }

// refusals is every rejection of the mounted files.
func refusals(all []placement) error {
	var errs []error
	for _, p := range all {
		if p.refused != nil {
			errs = append(errs, p.refused)
		}
	}
	return errors.Join(errs...)
}
