package pg

// Contents says what a data directory holds.
type Contents string

const (
	Empty      Contents = "empty"      // nothing, or only what file systems put there, such as lost+found
	Foreign    Contents = "foreign"    // files that are not a cluster
	Incomplete Contents = "incomplete" // PG_VERSION, but no pg_control: a copy or an initdb was cut short
	Corrupt    Contents = "corrupt"    // a pg_control whose checksum is wrong, or that was cut short
	Cluster    Contents = "cluster"    // a PostgreSQL cluster
)

// A DataDir is what a look at a data directory found.
type DataDir struct {
	Contents Contents
	Major    int      // the major version in PG_VERSION; 0 where there is no such file
	SystemID SystemID // the system identifier in pg_control
	Timeline Timeline // the timeline of the last checkpoint in pg_control
	Standby  bool     // standby.signal is there
	// RecoverySignal and BackupLabel say whether recovery.signal and backup_label are
	// there: somebody has begun a restore, or copied a running server.
	RecoverySignal, BackupLabel bool
	Strangers                   string // Foreign: the first names of those files
	Missing                     string // a link in the data directory that leads to no folder: of a tablespace, or pg_wal
}

// A Tablespace lies outside the data directory, except where its location is
// relative: then it lies in pg_tblspc, which only developers of PostgreSQL do.
type Tablespace struct {
	OID      uint32
	Location string
}

// A Volume is the kind of volume that holds the data directory.
type Volume string

const (
	Named     Volume = "named"     // a named volume, or a folder of the host
	Anonymous Volume = "anonymous" // a volume without a name: a new container gets another one
	Layer     Volume = "layer"     // no volume: the container's own file system
)

// Surroundings are what lies beside a data directory that holds no cluster.
type Surroundings struct {
	// Elsewhere is a folder where images keep data and where a volume that lasts is
	// mounted, which does not hold the data directory. It is empty where there is no
	// such volume, or the data directory lies on a volume that lasts.
	Elsewhere string
	// Belongs is the folder where a volume for the data directory is to be mounted.
	Belongs string
	// Clusters are those that lie where an image of some major version keeps its data.
	Clusters []Neighbour
}

// A Neighbour is a cluster in another place than the data directory.
type Neighbour struct {
	Dir   string
	Major int
}

// A Phase is how far a change of the data directory has come, as recorded in the
// journal on the volume. The next start discards an interrupted Staging, and finishes
// any other phase.
type Phase string

const (
	NoChange Phase = ""         // no change is under way
	Staging  Phase = "staging"  // the new data is being made in a folder of its own
	Evacuate Phase = "evacuate" // the old data is being set aside
	Install  Phase = "install"  // the new data is being moved into the data directory
	Migrate  Phase = "migrate"  // the cluster is being moved from the root of its volume to a folder below it
)
