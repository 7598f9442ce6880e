package pgdata

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
)

func TestStateOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	state, err := ReadState(dir)
	if err != nil || len(state.NodeID) != 12 {
		t.Fatalf("new volume: %+v, %v", state, err)
	}
	state.SystemID, state.Mode, state.Roles = 7711481495978516502, pg.Standby, map[string]string{"a": "b"}
	if err := WriteState(dir, state); err != nil {
		t.Fatal(err)
	}
	again, err := ReadState(dir)
	if err != nil || !again.Same(state) || again.NodeID != state.NodeID || again.Roles["a"] != "b" {
		t.Errorf("got %+v, %v, want %+v", again, err, state)
	}
	if err := os.WriteFile(filepath.Join(dir, "state.json"), []byte(`{"format":99}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadState(dir); err == nil || !strings.Contains(err.Error(), "format 99") {
		t.Errorf("a state from the future: %v", err)
	}
}
