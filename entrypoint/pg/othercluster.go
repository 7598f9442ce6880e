package pg

import "fmt"

// Younger is how a server is called that was made anew where a standby's primary
// was.
const Younger = "the server at MASTER_SERVER is of another, younger cluster"

// OnlyCopyFix says what to do where a standby's data may be all that is left of its
// cluster.
var OnlyCopyFix = "If the other cluster is to replace this one, give this server an empty volume and keep the one that it has. " +
	"If the primary's disk was lost, write REPLICATION_MODE: primary under environment of this service for its next start, and promote it now: " + Slave.Psql("SELECT pg_promote()")

// OtherCluster is what is wrong where a standby's data and the server that it is to
// follow are of two clusters. A younger one was made anew, as after a lost disk, and
// what is here may be all that is left; an older one is a wrong MASTER_SERVER.
func OtherCluster(here, there SystemID) *Fault {
	if there.After(here) {
		return &Fault{ID: "system-id", Text: fmt.Sprintf("%s, %s: this may be the only copy of cluster %s, and it follows nobody", Younger, there, here), Fix: OnlyCopyFix}
	}
	return &Fault{ID: "system-id", Text: fmt.Sprintf("the data here is of cluster %s, the server at MASTER_SERVER of %s", here, there),
		Fix: "To follow the other cluster, give this server an empty volume and keep the one that it has. Otherwise correct MASTER_SERVER and MASTER_PORT, then " + Slave.Up()}
}
