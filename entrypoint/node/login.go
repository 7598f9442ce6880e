package node

import (
	"context"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// Superuser is the name that our commands log in as. Of a standby it is that of its
// data, as a start has noted it: a standby need not be told its primary's. That holds
// after its promotion, too, where the environment names no other.
func Superuser(n *Node) string {
	told := n.Config.PostgresUser
	if noted := n.Record.Superuser; noted != "" && (n.Mode == pg.Standby || told == untold) {
		return noted
	}
	return told
}

// untold is POSTGRES_USER where nobody sets it.
const untold = "postgres"

// NoteSuperuser notes the name of a standby's superuser, where the data in dir is
// not the cluster that it was noted for.
func NoteSuperuser(n *Node, dir string, cluster pg.SystemID) {
	if n.Mode != pg.Standby || n.Record.Superuser != "" && n.Record.SystemID == cluster {
		return
	}
	name, err := pgdata.Superuser(dir)
	if err != nil {
		n.Log.Debug().Err(err).Msg("looked for the superuser's name")
	}
	n.Record.SetSuperuser(name)
}

// login logs in as the superuser that the environment names or a start has noted,
// and where that role is refused as the one of the data directory.
func login(ctx context.Context, n *Node) (*pgx.Conn, error) {
	return loginAt(ctx, SocketDir, Superuser(n), n.Volume.Dir)
}

func loginAt(ctx context.Context, socketDir, user, dir string) (*pgx.Conn, error) {
	port := pgdata.Port(dir)
	conn, err := pgsql.Local(ctx, socketDir, port, user, AdminDB, TemplateDB)
	if !pgsql.RefusesRole(err) {
		return conn, err
	}
	own, unknown := pgdata.Superuser(dir)
	if unknown != nil || own == user {
		return conn, err
	}
	conn, second := pgsql.Local(ctx, socketDir, port, own, AdminDB, TemplateDB)
	if pgsql.RefusesRole(second) {
		fault := pgsql.FaultOf(err)
		fault.Fix = "The superuser of this cluster is " + own + ": write POSTGRES_USER: " + own + " under environment of its service, then " + pg.All.Up()
		return nil, err
	}
	return conn, second
}
