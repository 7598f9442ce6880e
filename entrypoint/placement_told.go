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

// notePlacements records which mounted files are in place and which were
// rejected. Later starts, healthcheck and doctor read it.
func (n *Node) notePlacements(all []placement) {
	for _, p := range all {
		switch {
		case p.refused != nil:
			n.record.Reject(p.name, pgdata.Rejection{Hash: p.refused.hash, Under: p.refused.under, Reason: p.refused.reason})
		case p.placed, p.verdict == same && n.record.Files[p.name] != p.sum():
			n.record.Place(p.name, p.sum())
		default:
			n.record.Accept(p.name)
		}
	}
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
func (n *Node) apply() string { return n.service().Exec("pgreplica apply") }

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
