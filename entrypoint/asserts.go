package entrypoint

import (
	"fmt"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// The plan decides. The assertions below are checked once more right before the
// act, so that a mistake in a decision ends as a refusal and loses nothing.

// assertMayMake asserts that a cluster is made only where there is no sign of an
// earlier one.
func (s *start) assertMayMake() error {
	data, err := pgdata.Inspect(s.Volume.Dir)
	if err != nil {
		return err
	}
	aside := pgdata.ListAside(s.Volume)
	if s.Mode == pg.Primary && data.Contents == pg.Empty && s.Record.SystemID == 0 && s.Config.SystemID == 0 && len(aside) == 0 {
		return nil
	}
	return &plan.Refusal{Exit: 77, Reason: "will not make a cluster where one may have been",
		Evidence: fmt.Sprintf("the data directory holds: %s; recorded system identifier: %s; set aside: %q", data.Contents, s.Record.SystemID, aside),
		Remedy:   "To begin anew, use an empty volume. To keep what was set aside, move it to " + s.Volume.Dir + "."}
}

// assertMayGiveUp asserts that data of the upstream's own cluster is set aside only
// on request, and only for a copy of a server that is neither a standby nor on an
// older timeline.
func (s *start) assertMayGiveUp() error {
	data, upstream := s.have.Data, s.have.Upstream
	switch {
	case upstream == nil || s.Mode != pg.Standby:
	case data.Contents != pg.Cluster || data.SystemID != upstream.SystemID:
		return nil
	case s.Config.AutoRejoin == "reclone" && !upstream.InRecovery && upstream.Timeline >= data.Timeline:
		return nil
	}
	return &plan.Refusal{Exit: 77, Reason: "will not set this cluster aside", Evidence: fmt.Sprintf("AUTO_REJOIN is %s, the upstream is %+v", s.Config.AutoRejoin, upstream),
		Remedy: "Point MASTER_SERVER at the primary. To give the data up, set AUTO_REJOIN=reclone."}
}

// assertMayOpen asserts that only a primary's data is opened read-write, and that
// of a standby is not.
func (s *start) assertMayOpen() error {
	standby, err := pgdata.IsStandby(s.Volume.Dir)
	if err == nil && standby != (s.Mode == pg.Standby) {
		err = fmt.Errorf("will not start as a %s: standby.signal in %s says otherwise", s.Mode, s.Volume.Dir)
	}
	return err
}
