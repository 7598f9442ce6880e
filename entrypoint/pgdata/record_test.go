package pgdata

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
)

func TestTheRecordOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	record := ReadRecord(dir)
	if record.Err() != nil || len(record.NodeID) != 12 {
		t.Fatalf("new volume: %+v", record)
	}
	record.Become(pg.DataDir{SystemID: 7711481495978516502, Timeline: 3}, pg.Standby, "db1:5432", "hash")
	record.SetRole("a", "b")
	record.Reject("pg_hba.conf", Rejection{Hash: "h", Reason: "line 1"})
	if err := record.Save("start"); err != nil {
		t.Fatal(err)
	}
	again := ReadRecord(dir)
	if again.Err() != nil || again.Role != record.Role || again.NodeID != record.NodeID || again.Roles["a"] != "b" || again.Rejected["pg_hba.conf"].Reason != "line 1" {
		t.Errorf("got %+v, want %+v", again, record)
	}
	if again.Epoch != 1 || again.By != "start" {
		t.Errorf("epoch %d, by %q", again.Epoch, again.By)
	}
	put(t, filepath.Join(dir, "state.json"), `{"format":99}`)
	if err := ReadRecord(dir).Err(); err == nil || !strings.Contains(err.Error(), "format 99") {
		t.Errorf("a state from the future: %v", err)
	}
}

func TestARecordIsWrittenOnlyWhereItHasChanged(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	writes := func(change func(*Record)) bool {
		t.Helper()
		record := ReadRecord(dir)
		change(record)
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		before := record.State
		if err := record.Save("start"); err != nil {
			t.Fatal(err)
		}
		_, err := os.Stat(path)
		if err != nil {
			if err := writeState(dir, before); err != nil {
				t.Fatal(err)
			}
		}
		return err == nil
	}
	primary := func(r *Record) { r.Become(pg.DataDir{SystemID: 7, Timeline: 1}, pg.Primary, "", "hash") }
	for _, c := range []struct {
		title  string
		change func(*Record)
		want   bool
	}{
		{"a new volume", func(*Record) {}, true},
		{"nothing", func(*Record) {}, false},
		{"a role of its own", primary, true},
		{"the same role", primary, false},
		{"a file", func(r *Record) { r.Place("pg_hba.conf", "h") }, true},
		{"the same file", func(r *Record) { r.Place("pg_hba.conf", "h") }, false},
		{"what was made of it", func(r *Record) { r.PlaceAs("pg_hba.conf", "m") }, true},
		{"the file again, as it is", func(r *Record) { r.Place("pg_hba.conf", "h") }, true},
		{"a rejection", func(r *Record) { r.Reject("pg_hba.conf", Rejection{Hash: "x", Reason: "bad"}) }, true},
		{"the same rejection", func(r *Record) { r.Reject("pg_hba.conf", Rejection{Hash: "x", Reason: "bad"}) }, false},
		{"no rejection any more", func(r *Record) { r.Accept("pg_hba.conf") }, true},
		{"a role's password", func(r *Record) { r.SetRole("adempiere", "k") }, true},
		{"the same password", func(r *Record) { r.SetRole("adempiere", "k") }, false},
		{"a delay", func(r *Record) { r.SetDelayed(true) }, true},
		{"the same delay", func(r *Record) { r.SetDelayed(true) }, false},
		{"a file to be placed anew", func(r *Record) { r.ForgetFile("pg_hba.conf") }, true},
		{"new data, where nothing was placed", func(r *Record) { r.ForgetFiles() }, false},
	} {
		if got := writes(c.change); got != c.want {
			t.Errorf("%s: written %v, want %v", c.title, got, c.want)
		}
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
