package pgdata

import (
	"os"
	"path/filepath"
	"testing"

	"pgreplica/entrypoint/pg"
)

// earlier puts a file that the version before the record had methods has written
// to where a start reads it.
func earlier(t *testing.T, name, as string) (state string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "earlier", name))
	if err != nil {
		t.Fatal(err)
	}
	state = t.TempDir()
	put(t, filepath.Join(state, as), string(text))
	return state
}

func TestTheRecordOfAnEarlierVersionIsRead(t *testing.T) {
	const systemID pg.SystemID = 7713358384049659927
	primary := ReadRecord(earlier(t, "primary.json", "state.json"))
	if want := (Role{SystemID: systemID, Mode: pg.Primary, Timeline: 1, DecidedUnder: "primary"}); primary.Err() != nil || primary.Role != want {
		t.Errorf("got %+v, %v, want %+v", primary.Role, primary.Err(), want)
	}
	if primary.NodeID != "7a53dc198b93" || primary.Epoch != 1 || len(primary.Roles) != 3 {
		t.Errorf("got %+v", primary.State)
	}
	standby := ReadRecord(earlier(t, "standby.json", "state.json"))
	want := Role{SystemID: systemID, Mode: pg.Standby, Upstream: "db1:5432", Timeline: 1, DecidedUnder: "standby of db1:5432"}
	if standby.Err() != nil || standby.Role != want || !standby.Delayed {
		t.Errorf("got %+v, %v, want %+v", standby.State, standby.Err(), want)
	}
	if standby.Files["postgresql.conf"] == "" || standby.Rejected["pg_hba.conf"].Reason == "" || standby.Rejected["pg_hba.conf"].At == "" {
		t.Errorf("got %+v", standby.State)
	}
}

// TestTheRecordOfAnEarlierVersionNeedsNoWriting holds a start of the same
// environment to what the earlier version noted.
func TestTheRecordOfAnEarlierVersionNeedsNoWriting(t *testing.T) {
	state := earlier(t, "standby.json", "state.json")
	record := ReadRecord(state)
	record.Become(pg.DataDir{SystemID: record.SystemID, Timeline: 1}, pg.Standby, "db1:5432", "standby of db1:5432")
	record.SetDelayed(true)
	record.Place("postgresql.conf", record.Files["postgresql.conf"])
	record.Reject("pg_hba.conf", record.Rejected["pg_hba.conf"])
	if err := os.Remove(filepath.Join(state, "state.json")); err != nil {
		t.Fatal(err)
	}
	if err := record.Save("start"); err != nil {
		t.Fatal(err)
	}
	if isFile(filepath.Join(state, "state.json")) {
		t.Error("it was written, though nothing has changed")
	}
}

func TestTheJournalOfAnEarlierVersionIsCarriedOn(t *testing.T) {
	l := Layout{State: earlier(t, "journal.json", "journal.json"), Dir: filepath.Join(t.TempDir(), "pgdata")}
	journal, err := ReadJournal(l)
	if err != nil || journal.Phase != pg.Staging || journal.Staging != "clone-24c0dd3f8ae0" {
		t.Fatalf("got %+v, %v", journal, err)
	}
	put(t, filepath.Join(l.State, journal.Staging), "the beginning of a copy")
	if err := Discard(l); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(l.State); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}
