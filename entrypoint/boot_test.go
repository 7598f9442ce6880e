package entrypoint

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/plan"
	"pgreplica/integration/source"
)

// model is a walker whose volume is a plan.Have.
type model struct {
	have  plan.Have
	stuck bool // its steps have no effect
}

func (m *model) inspect(context.Context) (plan.Have, error) { return m.have, nil }

func (m *model) do(_ context.Context, step plan.Step) error {
	if m.stuck {
		return nil
	}
	switch step.(type) {
	case plan.AwaitPrimary:
		m.have.Upstream = &pg.Server{Major: 13, SystemID: 1, Timeline: 1}
	case plan.MoveIn:
		m.have.Data = pg.DataDir{Contents: pg.Cluster, Major: 13, SystemID: 1, Timeline: 1, Standby: true}
	case plan.Configure:
		m.have.Configured = true
	}
	return nil
}

var wantStandby = plan.Want{Mode: pg.Standby, Major: 13, Slot: "s"}

func TestAStartEndsAsPostgresAndSaysWhy(t *testing.T) {
	var out bytes.Buffer
	m := &model{have: plan.Have{Data: pg.DataDir{Contents: pg.Empty}}}
	if err := boot(context.Background(), zerolog.New(&out), wantStandby, m); err != nil {
		t.Fatal(err)
	}
	var decided []string
	for line := range strings.Lines(out.String()) {
		if strings.Contains(line, `"decided"`) {
			decided = append(decided, line)
		}
	}
	if strings.Count(strings.Join(decided, ""), `"level":"info"`) != 1 {
		t.Errorf("said more than once what it decided:\n%s", strings.Join(decided, ""))
	}
	for i, want := range []string{`"why":"the primary does not answer","steps":"await-primary"`, `"why":"data directory is empty","steps":"reserve-slot,`,
		`"steps":"configure"`, `"why":"data directory is a standby's","steps":"become-postgres"`} {
		if i >= len(decided) || !strings.Contains(decided[i], want) {
			t.Errorf("line %d does not have %s in\n%s", i, want, strings.Join(decided, ""))
		}
	}
}

func TestAStepWithoutEffectIsNoEndlessLoop(t *testing.T) {
	m := &model{have: plan.Have{Data: pg.DataDir{Contents: pg.Empty}}, stuck: true}
	if err := boot(context.Background(), zerolog.Nop(), wantStandby, m); err == nil {
		t.Error("ended as if a server could run")
	}
}

func TestASignalStopsAStartBeforePostgres(t *testing.T) {
	signal := errors.New("terminated")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(signal)
	m := &model{have: plan.Have{Data: pg.DataDir{Contents: pg.Cluster, Major: 13, SystemID: 1, Standby: true}, Configured: true}}
	if err := boot(ctx, zerolog.Nop(), wantStandby, m); !errors.Is(err, signal) {
		t.Errorf("got %v, want the signal", err)
	}
}

// TestEveryStepIsDone compares the cases of do with the steps of the plan. It does
// none of them: a base backup begins with a file outside the volume.
func TestEveryStepIsDone(t *testing.T) {
	steps, done := map[string]bool{}, map[string]bool{}
	for _, file := range source.Files(t) {
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && file.Name.Name == "plan" && function.Name.Name == "step" {
				steps[strings.TrimSuffix(source.Receiver(function), ".")] = true
			}
		}
	}
	delete(steps, "Become") // which is what Prepare returns
	source.Inspect(t, func(function string, node ast.Node) {
		if clause, ok := node.(*ast.CaseClause); ok && function == "entrypoint.start.do" {
			for _, step := range clause.List {
				done[source.Last(step)] = true
			}
		}
	})
	if len(steps) == 0 || !maps.Equal(steps, done) {
		t.Errorf("do has cases for %v, the plan has steps %v: the cases of do are in steps.go", slices.Sorted(maps.Keys(done)), slices.Sorted(maps.Keys(steps)))
	}
}

// TestWhatAStartHasDoneOutlivesAnInspection finds fields of s.have that a step sets
// and that inspect does not carry over. The start would do such a step again and
// again, and give up.
func TestWhatAStartHasDoneOutlivesAnInspection(t *testing.T) {
	set, kept := map[string]bool{}, map[string]bool{}
	source.Inspect(t, func(function string, node ast.Node) {
		assigned, ok := node.(*ast.AssignStmt)
		if !ok || !strings.HasPrefix(function, "entrypoint.start.") {
			return
		}
		for _, left := range assigned.Lhs {
			if field := types.ExprString(left); function == "entrypoint.start.inspect" {
				kept["s."+field] = true
			} else if strings.HasPrefix(field, "s.have.") {
				set[field] = true
			}
		}
	})
	if len(set) == 0 {
		t.Error("no step sets a field of s.have")
	}
	for field := range set {
		if !kept[field] {
			t.Errorf("a step sets %s, and inspect in inspect.go does not carry it over", field)
		}
	}
}
