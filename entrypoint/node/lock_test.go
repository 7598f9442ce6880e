package node

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/pgdata"
)

func TestTwoAppliesDoNotWorkAtOnce(t *testing.T) {
	n := &Node{Log: zerolog.Nop(), Volume: pgdata.Layout{State: t.TempDir()}}
	if err := pgdata.Lock(n.Volume.State); err != nil {
		t.Fatal(err)
	}
	limited, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := n.LockState(limited); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want a wait for the other one", err)
	}
}
