package entrypoint

import (
	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/plan"
)

// runDir holds what must not outlive the container: the password file.
const runDir = socketDir + "/.pgreplica"

// A Node is this container's PostgreSQL.
type Node struct {
	cfg     config.Config
	log     zerolog.Logger
	args    []string // of postgres
	environ []string // as the container was given it, for the init scripts alone
	layout  pgdata.Layout
	record  *pgdata.Record
	slot    string
	major   int
	wal     string // the folder outside the data directory that is locked for its WAL

	session    *pgsql.Session // with the upstream; nil before the first question
	data       pg.DataDir     // as of the last look
	asked      bool           // whether the upstream was
	upstream   *pg.Server
	silence    error  // why it did not answer
	itself     string // why it can only be this server
	compared   bool   // whether the data was, with the upstream's
	relation   relation
	configured bool
	made       bool // by this start: a new cluster
	served     bool // it ran a server for init scripts
	replace    bool // mounted files also replace what was edited in the data directory
	serves     bool // the server runs, and can be asked what it objects to
}

// NewNode finds this container's data directory and reads what earlier starts
// noted. It changes nothing.
func NewNode(cfg config.Config, log zerolog.Logger, args []string) (*Node, error) {
	n := &Node{cfg: cfg, log: log.With().Str("mode", string(cfg.Mode)).Logger(), args: args, major: cfg.PGMajor}
	var err error
	if n.layout, err = pgdata.Locate(cfg.PGData); err != nil {
		return nil, err
	}
	n.layout.WALDir = cfg.InitDBWALDir
	if n.major == 0 {
		n.major, err = pgctl.Major()
	}
	return n, err
}

// remember reads what earlier starts noted of the volume.
func (n *Node) remember() error {
	n.record = pgdata.ReadRecord(n.layout.State)
	if n.record.Err() != nil {
		return n.record.Err()
	}
	n.slot = n.cfg.MasterSlot
	if n.slot == "" {
		n.slot = recordedSlot(n.layout.Dir)
	}
	if n.slot == "" {
		n.slot = "pgreplica_" + n.record.NodeID
	}
	return nil
}

// Want is what the environment asks of this node.
func (n *Node) want() plan.Want {
	return plan.Want{
		Mode: n.cfg.Mode, Major: n.major, SystemID: n.cfg.SystemID, RequireVolume: bool(n.cfg.RequireVolume),
		KeepExisting: n.cfg.ExistingData == "refuse", Reclone: n.cfg.AutoRejoin == "reclone", Slot: n.slot, Verify: bool(n.cfg.CloneVerify),
	}
}

func (n *Node) server() pgsql.Upstream {
	return pgsql.Upstream{
		Host: n.cfg.MasterServer, Port: n.cfg.MasterPort,
		User: n.cfg.ReplicationUser, Password: n.cfg.ReplicationPassword.Reveal(), ApplicationName: n.slot,
		SSLMode: n.cfg.MasterSSLMode, SSLRootCert: n.cfg.MasterSSLRootCert, SSLCert: n.cfg.MasterSSLCert, SSLKey: n.cfg.MasterSSLKey,
	}
}

// onlooker is the upstream for a command that only looks: under its own name,
// or it would seem to take the standby's place.
func (n *Node) onlooker() pgsql.Upstream {
	asked := n.server()
	asked.ApplicationName = "pgreplica"
	return asked
}

// ask is the session with the upstream that a start keeps for all its questions.
func (n *Node) ask() *pgsql.Session {
	if n.session == nil {
		n.session = pgsql.NewSession(n.server())
	}
	return n.session
}

// hangUp gives the session's place among the upstream's walsenders back. A
// later question connects again.
func (n *Node) hangUp() {
	if n.session != nil {
		n.session.Close()
	}
}

// conninfo names the upstream for PostgreSQL's own programs.
func (n *Node) conninfo() pg.Conninfo {
	return pg.Conninfo{
		Host: n.cfg.MasterServer, Port: n.cfg.MasterPort, User: n.cfg.ReplicationUser, ApplicationName: n.slot,
		Passfile: passfile, SSLMode: n.cfg.MasterSSLMode,
		SSLRootCert: n.cfg.MasterSSLRootCert, SSLCert: n.cfg.MasterSSLCert, SSLKey: n.cfg.MasterSSLKey,
	}
}

// service is what the shipped compose files call this container.
func (n *Node) service() pg.Service { return n.cfg.Mode.Service() }

func (n *Node) upstreamAddress() string {
	return pg.Address(n.cfg.MasterServer, n.cfg.MasterPort)
}
