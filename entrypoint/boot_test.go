package entrypoint

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/plan"
	"pgreplica/entrypoint/upstream"
)

// model is a node whose disk is a plan.Have.
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
	for i, want := range []string{`"why":"the primary does not answer","steps":"await-primary"`, `"why":"data directory is empty","steps":"reserve-slot,`,
		`"steps":"configure"`, `"why":"data directory is a standby's","steps":"become-postgres"`} {
		if i >= len(decided) || !strings.Contains(decided[i], want) {
			t.Errorf("line %d lacks %s in\n%s", i, want, strings.Join(decided, ""))
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

// TestEveryStepHasAHand sends each step to a start without a volume: whatever it
// does there, it must not be unknown.
func TestEveryStepHasAHand(t *testing.T) {
	steps := []plan.Step{plan.Discard{}, plan.Resume{}, plan.InitDB{}, plan.MakeRoles{}, plan.PlaceConf{}, plan.ReserveSlot{}, plan.BaseBackup{},
		plan.Verify{}, plan.Sync{}, plan.Follow{}, plan.FollowConf{}, plan.SetAside{}, plan.MoveIn{}, plan.Configure{}, plan.AskPeers{}, plan.AwaitPrimary{}}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, step := range steps {
		n := &node.Node{Log: zerolog.Nop(), Record: &pgdata.Record{}, Volume: pgdata.Layout{Dir: "/nonexistent/pgdata", State: "/nonexistent/state", Old: "/nonexistent"}}
		s := &start{Node: n, up: upstream.New(n, nil)}
		if err := s.do(ctx, step); err != nil && strings.HasPrefix(err.Error(), "no hand") {
			t.Error(err)
		}
	}
}

func TestProgressIsSaidForPeople(t *testing.T) {
	for _, c := range []struct {
		p       pgctl.Progress
		percent int64
	}{{pgctl.Progress{}, 0}, {pgctl.Progress{Done: 1, Total: 4}, 25}, {pgctl.Progress{Done: 9, Total: 4}, 100}} {
		if got := percent(c.p); got != c.percent {
			t.Errorf("%+v: got %d %%, want %d %%", c.p, got, c.percent)
		}
	}
	for bytes, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 5 << 30: "5.0 GiB", 3 << 50: "3072.0 TiB"} {
		if got := pg.Size(bytes); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
