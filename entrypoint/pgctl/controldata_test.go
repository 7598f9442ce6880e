package pgctl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgreplica/entrypoint/pg"
)

func sample(t testing.TB, version string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "pg_controldata-"+version+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPgControlIsReadInEveryVersion(t *testing.T) {
	for version, id := range map[string]pg.SystemID{"13": 7711488622259564561, "15": 7711488503850177886, "18": 7711488839591407634} {
		want := Control{State: "in production", SystemID: id, Checkpoint: 0x7000060, CheckpointTimeline: 1, SegmentSize: 16 << 20,
			MaxConnections: 100, MaxWorkerProcesses: 8, MaxWALSenders: 5, MaxLocksPerTransaction: 64}
		if version == "18" {
			want.Checkpoint = 0x7000080
		}
		if got, err := parseControlData(sample(t, version)); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", version, got, err, want)
		}
	}
	standby := strings.NewReplacer("in production", "shut down in recovery", "ending location:     0/0", "ending location:     1/9000000",
		"loc's timeline:   0", "loc's timeline:   2", "max_prepared_xacts setting:           0", "max_prepared_xacts setting:           7").Replace(sample(t, "15"))
	got, err := parseControlData(standby)
	if err != nil || got.State != "shut down in recovery" || got.MinRecovery != 0x109000000 || got.Timeline() != 2 || got.MaxPreparedTransactions != 7 {
		t.Errorf("standby: got %+v, %v", got, err)
	}
}

func TestAnUntrustedPgControlIsAnError(t *testing.T) {
	good := sample(t, "13")
	for about, text := range map[string]string{
		"a checksum":  "WARNING: Calculated CRC checksum does not match value stored in file.\nEither the file is corrupt, ...\n\n" + good,
		"nothing":     "",
		"no line":     strings.ReplaceAll(good, "max_wal_senders setting", "something else"),
		"no number":   strings.ReplaceAll(good, "Latest checkpoint's TimeLineID:       1", "Latest checkpoint's TimeLineID:       one"),
		"no size":     strings.ReplaceAll(good, "16777216", "16777217"),
		"another way": strings.ReplaceAll(good, "Database cluster state", "Estado del clúster"),
	} {
		if got, err := parseControlData(text); err == nil || !strings.Contains(err.Error(), "pg_control") {
			t.Errorf("%s: got %+v, %v", about, got, err)
		}
	}
}

func FuzzControlData(f *testing.F) {
	for _, version := range []string{"13", "15", "18"} {
		f.Add(sample(f, version))
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseControlData(text)
		if err == nil && (c.SystemID == 0 || c.State == "" || c.SegmentSize < 1<<20 || c.SegmentSize&(c.SegmentSize-1) != 0) {
			t.Errorf("%q: accepted %+v", text, c)
		}
		if err != nil && c != (Control{}) {
			t.Errorf("%q: %+v beside %v", text, c, err)
		}
	})
}
