package provision

import (
	"errors"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// A placement is what became of a mounted file.
type placement struct {
	mountedFile
	verdict   plan.Verdict
	placed    bool
	kept      string     // the name under which what it took the place of is kept
	rejection *rejection // why it was not placed

	// Lines that PostgreSQL takes, and that let nobody in.
	placeholders, unknownHosts []string
}

// record records which mounted files are in place and which were rejected. Later
// starts, healthcheck and doctor read it.
func (f Files) record(all []placement) {
	for _, p := range all {
		switch {
		case p.rejection != nil:
			f.Node.Record.Reject(p.name, pgdata.Rejection{Hash: p.rejection.hash, Under: p.rejection.under, Reason: p.rejection.reason})
		case p.placed, p.verdict == plan.InPlace && f.Node.Record.Files[p.name] != p.sum():
			if p.placed {
				f.Node.Record.Keep(p.name, p.kept, f.Fresh)
			}
			f.Node.Record.Place(p.name, p.sum())
		default:
			f.Node.Record.Accept(p.name)
		}
	}
}

// log logs what became of the mounted files.
func (f Files) log(all []placement) {
	log := f.Node.Log
	for _, p := range all {
		for _, line := range p.placeholders {
			log.Warn().Str("file", p.path).Str("line", line).
				Str("hint", "Replace it by an address, or remove the line: REPLICATION_ALLOW makes the one that a standby needs.").
				Msg("a placeholder was never replaced")
		}
		for _, line := range p.unknownHosts {
			log.Warn().Str("file", p.path).Str("line", line).Str("hint", "Correct the name, or write an address. Until it is known, the line lets nobody in.").
				Msg("a host name of pg_hba.conf is not known")
		}
		hint := "To use the mounted one instead: " + applyCommand(f.Node.Service()) + " --replace"
		switch {
		case p.rejection != nil:
			log.Error().Err(p.rejection).Str("hint", p.rejection.Hint()).Msg("kept the previous " + p.name)
		case p.placed:
			log.Info().Str("file", p.path).Msg("placed the mounted file")
		case p.verdict == plan.Edited:
			log.Warn().Str("file", f.Dir+"/"+p.name).Str("hint", hint).
				Msg("this file was edited in the data directory, and is kept so")
		case p.verdict == plan.Withheld:
			log.Warn().Str("file", p.path).Str("hint", hint).
				Msg("the mounted file has changed, but is not used: the one in the data directory was edited, and is kept so")
		}
	}
}

// applyCommand is what to type to have the mounted files placed while the server
// runs.
func applyCommand(service pg.Service) string { return service.Exec("pgreplica apply") }

// rejections is every rejection of the mounted files.
func rejections(all []placement) error {
	var errs []error
	for _, p := range all {
		if p.rejection != nil {
			errs = append(errs, p.rejection)
		}
	}
	return errors.Join(errs...)
}
