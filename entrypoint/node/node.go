package node

import (
	"context"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/host"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
	"pgreplica/entrypoint/plan"
)

const (
	// SocketDir is where the server has its socket.
	SocketDir = "/var/run/postgresql"
	// RunDir holds what must not outlive the container: the password file and
	// the marks.
	RunDir = SocketDir + "/.pgreplica"
	// AdminDB is where our commands log in.
	AdminDB = "postgres"
	// TemplateDB is where they log in where AdminDB was dropped or is closed.
	TemplateDB = "template1"
)

// A Node is this container's PostgreSQL. Open and Take make it whole; nothing
// of it changes afterwards but its Record.
type Node struct {
	Config config.Config
	Mode   pg.Mode        // what this server is to be
	Volume pgdata.Layout  // where things lie on the volume
	Record *pgdata.Record // what earlier starts noted of the volume
	Major  int            // major version of the PostgreSQL in this image; 0 where PG_MAJOR does not say it
	Slot   string         // name of the slot that this server reads from where it is a standby
	Log    zerolog.Logger
}

// Open opens the node for a command that looks, or that changes the server
// through its socket: as the server's user, and without the volume's lock. That
// the record could not be read is no error here: Record.Err has it.
func Open(cfg config.Config, log zerolog.Logger) (*Node, error) {
	if err := host.BecomeServerUser(); err != nil {
		return nil, err
	}
	n, err := find(cfg, log)
	if err == nil {
		n.remember()
	}
	return n, err
}

// Take opens the node for a command that changes the volume: it makes the folders
// that are missing, becomes the server's user and takes the volume's lock.
// check is asked before anything on disk is touched. work is what the healthcheck
// reports from then on; a command that a server may run beside marks none.
func Take(ctx context.Context, cfg config.Config, log zerolog.Logger, work string, check func(*Node) error) (*Node, error) {
	n, err := find(cfg, log)
	if err != nil {
		return nil, err
	}
	if err := n.FindMajor(); err != nil {
		return nil, err
	}
	return n, n.Explain(n.take(ctx, work, check))
}

// take does what Take does once the node is found.
func (n *Node) take(ctx context.Context, work string, check func(*Node) error) error {
	if err := pgdata.CheckFiles(n.Volume); err != nil {
		return err
	}
	if err := check(n); err != nil {
		return err
	}
	if err := n.settle(); err != nil {
		return err
	}
	if work != "" {
		if err := beginWork(work); err != nil {
			return err
		}
	}
	if err := n.Lock(ctx, filepath.Dir(n.Volume.State), pgdata.Lock); err != nil {
		return err
	}
	if err := pgdata.Probe(n.Volume.State); err != nil {
		return err
	}
	n.remember()
	return n.Record.Err()
}

// find locates the volume and reads nothing of it.
func find(cfg config.Config, log zerolog.Logger) (*Node, error) {
	volume, err := pgdata.Locate(cfg.PGData)
	volume.WALDir = cfg.InitDBWALDir
	mode := plan.Mode(cfg.Mode)
	return &Node{Config: cfg, Mode: mode, Volume: volume, Record: &pgdata.Record{}, Major: cfg.PGMajor,
		Log: log.With().Str("mode", string(mode)).Logger()}, err
}

// FindMajor asks postgres for its version where PG_MAJOR does not say it. It
// starts a process, which only a command that starts or stops servers may do.
func (n *Node) FindMajor() (err error) {
	if n.Major == 0 {
		n.Major, err = pgctl.Major()
	}
	return err
}

// remember reads what earlier starts noted of the volume, and finds the name of
// the slot: MASTER_SLOT, else the one that the standby already uses, else the one
// that is named for the volume.
func (n *Node) remember() {
	n.Record = pgdata.ReadRecord(n.Volume.State)
	n.Slot = n.Config.MasterSlot
	if n.Slot == "" {
		n.Slot = recordedSetting(n.Volume.Dir, "primary_slot_name")
	}
	if n.Slot == "" {
		n.Slot = "pgreplica_" + n.Record.NodeID
	}
}

// Service is what the shipped compose files call this container.
func (n *Node) Service() pg.Service { return n.Mode.Service() }

// Follows says whether the environment names a server to follow.
func (n *Node) Follows() bool { return n.Mode == pg.Standby && n.Config.MasterServer != "" }

// MayAsk says whether the environment has all that is needed to ask the server
// to follow.
func (n *Node) MayAsk() bool {
	return n.Config.MasterServer != "" && n.Config.ReplicationPassword.IsSet()
}

// Upstream is how this program reaches the server to follow.
func (n *Node) Upstream() pgsql.Upstream {
	c := n.Conninfo()
	return pgsql.Upstream{
		Host: c.Host, Port: c.Port, User: c.User, Password: n.Config.ReplicationPassword.Reveal(), ApplicationName: c.ApplicationName,
		SSLMode: c.SSLMode, SSLRootCert: c.SSLRootCert, SSLCert: c.SSLCert, SSLKey: c.SSLKey,
	}
}

// Conninfo is how PostgreSQL's own programs reach the server to follow.
func (n *Node) Conninfo() pg.Conninfo {
	c := n.Config
	return pg.Conninfo{
		Host: c.MasterServer, Port: c.MasterPort, User: c.ReplicationUser, ApplicationName: n.Slot, Passfile: passfile,
		SSLMode: c.MasterSSLMode, SSLRootCert: c.MasterSSLRootCert, SSLCert: c.MasterSSLCert, SSLKey: c.MasterSSLKey,
	}
}

// UpstreamAddress is the server to follow as host:port.
func (n *Node) UpstreamAddress() string {
	return pg.Address(n.Config.MasterServer, n.Config.MasterPort)
}

// Local connects to this container's server. It refuses while a start is still at
// work: a server that answers then is there for the init scripts alone.
func (n *Node) Local(ctx context.Context) (*pgx.Conn, error) {
	if what, working := UnderWay(); working {
		return nil, pgsql.NotYet(what)
	}
	return login(ctx, n)
}

// Port is the port that this server will listen on, as its arguments and files
// say.
func (n *Node) Port(args []string) uint16 {
	return pgconf.ConfiguredPort(args, filepath.Join(n.Volume.Dir, pgconf.ConfFile), filepath.Join(n.Config.ConfigDir, pgconf.ConfFile),
		filepath.Join(n.Volume.Dir, pgconf.AutoFile))
}

// Server is this container's server, to be started with these arguments of
// postgres.
func (n *Node) Server(args []string) pgctl.Server {
	return pgctl.Server{Args: args, Env: host.EnvironWith("PGDATA", n.Volume.Dir)}
}

// LogOutput logs a line that a program has written.
func (n *Node) LogOutput(program, line string) {
	n.Log.Debug().Str("program", program).Str("line", line).Msg("output")
}
