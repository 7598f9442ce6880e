package pg

// Contents says what a data directory holds.
type Contents string

const (
	Empty      Contents = "empty"      // nothing, or only what file systems put there
	Foreign    Contents = "foreign"    // files that are no cluster
	Incomplete Contents = "incomplete" // PG_VERSION without a pg_control: a copy or an initdb that was cut short
	Corrupt    Contents = "corrupt"    // a pg_control that cannot be trusted
	Cluster    Contents = "cluster"    // a PostgreSQL cluster
)

// A DataDir is what a look at a data directory found.
type DataDir struct {
	Contents Contents
	Major    int      // of PG_VERSION; 0 where there is none
	SystemID SystemID // of pg_control
	Timeline Timeline // of the last checkpoint
	Standby  bool     // standby.signal is there
	// RecoverySignal and BackupLabel tell of a restore that somebody began.
	RecoverySignal, BackupLabel bool
	Strangers                   string // the first names of what is foreign
	Missing                     string // a tablespace or WAL directory that a link leads to and that is not there
}

// A Tablespace lies outside the data directory. One whose location is relative
// lies in pg_tblspc itself, which only developers of PostgreSQL make.
type Tablespace struct {
	OID      uint32
	Location string
}

// A Volume is what holds the data directory.
type Volume string

const (
	Named     Volume = "named"     // a named volume, or a bind mount
	Anonymous Volume = "anonymous" // gone with its container
	Layer     Volume = "layer"     // the container's own layer: no volume at all
)

// Surroundings are what lies about a data directory that holds no cluster.
type Surroundings struct {
	// Elsewhere is where a volume is mounted for the data of another version,
	// or of none, while the data directory lies on no volume that lasts.
	Elsewhere string
	// Belongs is where a volume for the data directory is mounted.
	Belongs string
	// Clusters lie where some image would keep one.
	Clusters []Neighbour
}

// A Neighbour is a cluster in another place than the data directory.
type Neighbour struct {
	Dir   string
	Major int
}

// A Phase is how far a change of the data directory has come, as the journal
// on the volume has it.
type Phase string

const (
	NoChange Phase = ""         // nothing is under way
	Staging  Phase = "staging"  // the new data is being made, apart: it can be thrown away
	Evacuate Phase = "evacuate" // the old data is being set aside: go on
	Install  Phase = "install"  // the new data is moving in: go on
	Migrate  Phase = "migrate"  // the cluster is moving below the root of its volume: go on
)
