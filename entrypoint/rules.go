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
func (n *Node) mayMake() error {
	data, err := pgdata.Inspect(n.layout.Dir)
	if err != nil {
		return err
	}
	aside := pgdata.ListAside(n.layout)
	if n.cfg.Mode == pg.Primary && data.Contents == pg.Empty && n.record.SystemID == 0 && n.cfg.SystemID == 0 && len(aside) == 0 {
		return nil
	}
	return &plan.Refusal{Exit: 77, Reason: "will not make a cluster where one may have been",
		Evidence: fmt.Sprintf("the data directory holds: %s; recorded system identifier: %s; set aside: %q", data.Contents, n.record.SystemID, aside),
		Remedy:   "To begin anew, use an empty volume. To keep what was set aside, move it to " + n.layout.Dir + "."}
}

// mayGiveUp asserts that data of the upstream's own cluster is set aside only
// on request, and only for a copy of a server that is not itself behind it.
func (n *Node) mayGiveUp() error {
	data, upstream := n.data, n.upstream
	switch {
	case upstream == nil || n.cfg.Mode != pg.Standby:
	case data.Contents != pg.Cluster || data.SystemID != upstream.SystemID:
		return nil
	case n.cfg.AutoRejoin == "reclone" && !upstream.InRecovery && upstream.Timeline >= data.Timeline:
		return nil
	}
	return &plan.Refusal{Exit: 77, Reason: "will not set this cluster aside", Evidence: fmt.Sprintf("AUTO_REJOIN is %s, the upstream is %+v", n.cfg.AutoRejoin, upstream),
		Remedy: "Point MASTER_SERVER at the primary. To give the data up, set AUTO_REJOIN=reclone."}
}
