package plan

import (
	"testing"

	"pgreplica/entrypoint/pg"
)

func TestAServerThatCannotBeCopiedIsNotCopied(t *testing.T) {
	cluster := pg.DataDir{Contents: pg.Cluster, Major: 13, SystemID: thisCluster, Timeline: 1, Standby: true}
	for _, settings := range []pg.Settings{{"block_size": "32768"}, {"wal_level": "minimal"}, {"max_wal_senders": "1"}, {"max_wal_senders": "0"}} {
		up := &pg.Server{Major: 13, SystemID: thisCluster, Timeline: 1, Settings: settings}
		for _, have := range []Have{
			{Data: pg.DataDir{Contents: pg.Empty}, Upstream: up},
			{Data: pg.DataDir{Contents: pg.Incomplete, Major: 13}, Upstream: up},
			{Data: cluster, Upstream: up, Relation: Diverged},
		} {
			if next, err := For(Want{Mode: pg.Standby, Major: 13, Slot: "s", Reclone: true}, have); err == nil {
				t.Errorf("%v: %s\n%+v", settings, next, have)
			}
		}
		have := Have{Data: cluster, Upstream: up, Relation: Follows, Configured: true}
		if next, err := For(Want{Mode: pg.Standby, Major: 13}, have); err != nil || !next.Final() {
			t.Errorf("%v: a standby with data: %s, %v", settings, next, err)
		}
	}
}

func TestAnUnknownSettingOfTheUpstreamRefusesNothing(t *testing.T) {
	for _, settings := range []pg.Settings{nil, {}, {"block_size": "", "wal_level": "", "max_wal_senders": "many"}, {"wal_level": "logical", "max_wal_senders": "2", "block_size": "8192"}} {
		have := Have{Data: pg.DataDir{Contents: pg.Empty}, Upstream: &pg.Server{Major: 13, SystemID: thisCluster, Timeline: 1, Settings: settings}}
		if next, err := For(Want{Mode: pg.Standby, Major: 13}, have); err != nil || !has[BaseBackup](next) {
			t.Errorf("%v: %s, %v", settings, next, err)
		}
	}
}
