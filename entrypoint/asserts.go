package entrypoint

import (
	"fmt"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
)

// The plan decides; what stands here is asked once more where the deed is done,
// so that a mistake in a decision is a refusal and no loss.

// mayMake asserts that a cluster is made only where nothing tells of an
// earlier one.
func (s *start) mayMake() error {
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

// mayGiveUp asserts that data of the upstream's own cluster is set aside only
// on request, and only for a copy of a server that is not itself behind it.
func (s *start) mayGiveUp() error {
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

// mayOpen asserts, whatever was decided, that only a primary opens read-write.
func (s *start) mayOpen() error {
	standby, err := pgdata.IsStandby(s.Volume.Dir)
	if err == nil && standby != (s.Mode == pg.Standby) {
		err = fmt.Errorf("will not start as a %s: standby.signal in %s says otherwise", s.Mode, s.Volume.Dir)
	}
	return err
}
