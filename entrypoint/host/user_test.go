package host

import (
	"slices"
	"testing"
)

func TestTheServersUserKeepsItsGroups(t *testing.T) {
	const text = `root:x:0:
disk:x:6:postgresql,xpostgres
postgres:x:999:
ssl-cert:x:101:postgres
tape:x:26:backup,postgres,other
same:x:999:postgres
broken:x:none:postgres
short:postgres
`
	for user, want := range map[string][]int{"postgres": {999, 101, 26}, "backup": {999, 26}, "nobody": {999}} {
		if got := groupsOf(user, 999, text); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", user, got, want)
		}
	}
	if got := groupsOf("postgres", 999, ""); !slices.Equal(got, []int{999}) {
		t.Errorf("without /etc/group: got %v", got)
	}
}
