package entrypoint

import (
	"context"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
	"pgreplica/entrypoint/upstream"
)

// Foresee returns what a start would do next, and why. It changes nothing, and
// does not look whether configuration and roles are to be brought up to date.
func Foresee(ctx context.Context, n *node.Node) (plan.Plan, error) {
	if err := pgdata.CheckFiles(n.Volume); err != nil {
		return plan.Plan{}, n.Explain(err)
	}
	if err := n.Record.Err(); err != nil {
		return plan.Plan{}, n.Explain(err)
	}
	if err := n.FindMajor(); err != nil {
		return plan.Plan{}, err
	}
	s := &start{Node: n, up: upstream.New(n, nil)}
	defer s.up.Close()
	have, err := s.inspect(ctx)
	if err != nil {
		return plan.Plan{}, err
	}
	have.Configured = true
	return plan.For(want(n), have)
}
