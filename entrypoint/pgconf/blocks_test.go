package pgconf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeptWALFitsTheVolume(t *testing.T) {
	for bytes, want := range map[uint64][2]string{
		0:         {"1024MB", "10240MB"}, // unknown
		1 << 20:   {"64MB", "256MB"},
		1 << 30:   {"102MB", "256MB"},
		8 << 30:   {"819MB", "1638MB"},
		20 << 30:  {"1024MB", "4096MB"},
		1 << 40:   {"1024MB", "10240MB"},
		1<<64 - 1: {"1024MB", "10240MB"},
	} {
		conf := ManagedConf(bytes)
		keep, _ := Setting(conf, "wal_keep_size")
		slot, _ := Setting(conf, "max_slot_wal_keep_size")
		if got := [2]string{keep, slot}; got != want {
			t.Errorf("%d bytes: got %v, want %v", bytes, got, want)
		}
	}
}

func TestTheOldProjectsSixValuesHold(t *testing.T) {
	confs := map[string]string{"the block": ManagedConf(0)}
	for _, side := range []string{"master", "slave"} {
		confs[side] = shipped(t, side, "postgresql.conf")
	}
	for where, conf := range confs {
		for name, want := range map[string]string{
			"listen_addresses": "*", "wal_level": "replica", "hot_standby": "on",
			"max_wal_senders": "10", "max_replication_slots": "10", "hot_standby_feedback": "on",
		} {
			if got, _ := Setting(conf, name); got != want {
				t.Errorf("%s of %s: got %q, want %q", name, where, got, want)
			}
		}
	}
}

func TestTheShippedAccessFilesLeaveReplicationToUs(t *testing.T) {
	for _, side := range []string{"master", "slave"} {
		hba := shipped(t, side, "pg_hba.conf")
		if HasReplicationLine(hba) || HBAPlaceholders(hba) != nil {
			t.Errorf("%s decides who replicates", side)
		}
		if !strings.Contains(hba, "\n#host replication postgres_replicator IP_SERVER_SLAVE scram-sha-256\n") {
			t.Errorf("%s does not show the line that REPLICATION_ALLOW makes", side)
		}
	}
}

func TestOtherHostsNeedAPasswordUnlessConfiguredOtherwise(t *testing.T) {
	for method, want := range map[string]string{
		"":      "\nhost all all all scram-sha-256\n",
		"md5":   "\nhost all all all md5\n",
		"trust": "\n# warning trust is enabled for all connections\n# see https://www.postgresql.org/docs/current/auth-trust.html\nhost all all all trust\n",
	} {
		if got := HostHBA(method); got != want {
			t.Errorf("%q: got %q", method, got)
		}
	}
}

func shipped(t *testing.T, side, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "compose", side, "postgresql", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
