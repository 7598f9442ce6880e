package pgsql

import (
	"testing"
	"time"
)

func TestWhoUsesASlotIsSaidWhereTheRoleMayAsk(t *testing.T) {
	server := startServer(t, []string{everybody, "host postgres asks 127.0.0.1/32 scram-sha-256"})
	server.sql(t, "SELECT pg_create_physical_replication_slot('busy', true)")
	server.makeRole(t, "asks", "secret")
	server.makeRole(t, "mute", "secret")
	for _, role := range []string{"asks", "mute"} {
		u := server.upstream(role, "secret")
		if role == "asks" {
			hold(t, u, "busy")
		}
		_, err := open(t, u).Reserve(within(t, 5*time.Second), "busy")
		want := map[string]string{"asks": " by another connection from this address", "mute": ": do two standbys share MASTER_SLOT?"}[role]
		check(t, role, err, Transient, 69, `slot "busy" is in use on `+u.address()+want, "MASTER_SLOT of its own")
	}
}
