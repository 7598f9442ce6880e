package node

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAStandbyThatRecordsItsUpstreamIsRecognized(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pgdata")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("postgresql.auto.conf", "primary_conninfo = 'host=db1 password=x'\nprimary_slot_name = 'replication_slot_1'\n")
	if recordsUpstream(dir) || recordedSetting(dir, "primary_slot_name") != "" {
		t.Error("a primary's data follows nobody, whatever it once followed")
	}
	write("standby.signal", "")
	if !recordsUpstream(dir) || recordedSetting(dir, "primary_slot_name") != "replication_slot_1" {
		t.Errorf("follows %v, slot %q", recordsUpstream(dir), recordedSetting(dir, "primary_slot_name"))
	}
	write("postgresql.auto.conf", "")
	if recordsUpstream(dir) || recordedSetting(dir, "primary_slot_name") != "" {
		t.Error("a standby without a connection follows nobody")
	}
}
