package upstream

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgsql"
)

// An Upstream is the server that this one is to follow.
type Upstream struct {
	node    *node.Node
	server  pgsql.Upstream // where it is, and as whom we ask it
	args    []string       // of this container's postgres, for its port
	session *pgsql.Session
	answer  *answer // nil: not asked yet
}

// An answer is what came of the last question to the upstream who it is.
type answer struct {
	server     *pg.Server  // nil: it did not answer
	err        error       // why it did not
	self       string      // why it can only be this server itself; empty where it need not be
	comparison *Comparison // with the data directory; nil: not compared yet
}

// New is the upstream as a start asks it: under the standby's own name.
func New(n *node.Node, args []string) *Upstream {
	return &Upstream{node: n, server: n.Upstream(), args: args, session: pgsql.NewSession(n.Upstream())}
}

// ToLook is the upstream as a command that only looks asks it: under the name
// pgreplica, or the primary would count it as the standby.
func ToLook(n *node.Node) *Upstream {
	server := n.Upstream()
	server.ApplicationName = "pgreplica"
	return &Upstream{node: n, server: server, session: pgsql.NewSession(server)}
}

// Session is the connection that all questions go through.
func (u *Upstream) Session() *pgsql.Session { return u.session }

// Close ends the connection, and with it the upstream's walsender. A later question
// connects again.
func (u *Upstream) Close() { u.session.Close() }

// Ask asks the upstream who it is, where nobody has asked yet, and returns the
// answer; nil where it did not answer.
func (u *Upstream) Ask(ctx context.Context) *pg.Server {
	if u.answer == nil {
		limited, cancel := context.WithTimeout(ctx, node.AskLimit)
		defer cancel()
		if err := u.ask(limited); err != nil {
			u.node.Log.Debug().Err(err).Msg("asked the upstream")
		}
	}
	return u.answer.server
}

// ask asks who the upstream is, and keeps the answer.
func (u *Upstream) ask(ctx context.Context) error {
	server, err := u.session.Identify(ctx)
	if err != nil {
		u.answer = &answer{err: err, self: u.selfReason(ctx, err)}
		return err
	}
	u.answer = &answer{server: &server}
	u.logAnswer(server)
	return nil
}

// Err is why the upstream did not answer, or nil. Ask or Await is to be called
// first.
func (u *Upstream) Err() error { return u.answer.err }

// Self says why the upstream can only be this server itself, where that is so. Ask
// or Await is to be called first.
func (u *Upstream) Self() (reason string, is bool) { return u.answer.self, u.answer.self != "" }

// logAnswer logs what the upstream said of itself.
func (u *Upstream) logAnswer(server pg.Server) {
	if u.node.Log.GetLevel() == zerolog.Disabled {
		return
	}
	who := "the primary answers"
	if server.InRecovery {
		who = "the server at MASTER_SERVER answers; it is a standby itself, so this is a cascade"
	}
	u.node.Log.Info().Str("host", u.server.Host).Uint16("port", u.server.Port).Str("version", server.Version).
		Str("system_id", server.SystemID.String()).Uint32("timeline", uint32(server.Timeline)).Msg(who)
	u.remark(server)
}

// OwnAddress is the address by which the upstream's name and port lead back to
// this container; nothing where they lead elsewhere.
func (u *Upstream) OwnAddress(ctx context.Context) string {
	if u.server.Port != u.node.Port(u.args) {
		return ""
	}
	return u.server.OwnAddress(ctx)
}

// DataBytes is the size of the upstream's databases, where the replication role
// may know it.
func (u *Upstream) DataBytes(ctx context.Context) (int64, error) {
	return pgsql.DataBytes(ctx, u.server, node.AdminDB, node.TemplateDB)
}

// selfReason says why the connection that failed with err can only have gone to
// this server itself, which does not listen yet; nothing where it may have gone to
// another.
func (u *Upstream) selfReason(ctx context.Context, err error) string {
	if pgsql.IDOf(err) != "refused" {
		return ""
	}
	address := u.OwnAddress(ctx)
	if address == "" {
		return ""
	}
	return fmt.Sprintf("%s is %s, an address of this container, and port %d its own", u.server.Host, address, u.server.Port)
}

// FindPeer asks the servers of PEERS, each for so long, whether one of them holds a
// cluster, and says which one and what it answered. PostgreSQL runs on a cluster
// alone: one that refuses the login, or is still starting, has one as well.
func FindPeer(ctx context.Context, n *node.Node, limit time.Duration) (what string, found bool) {
	for _, peer := range n.Config.Peers {
		server := n.Upstream()
		server.Host, server.Port = peer, 5432
		if host, port, err := net.SplitHostPort(peer); err == nil {
			number, _ := strconv.ParseUint(port, 10, 16)
			server.Host, server.Port = host, uint16(number)
		}
		server.ApplicationName = "pgreplica"
		limited, cancel := context.WithTimeout(ctx, limit)
		answered, err := pgsql.Identify(limited, server)
		cancel()
		if err == nil {
			return fmt.Sprintf("%s answers with system identifier %s, timeline %d", peer, answered.SystemID, answered.Timeline), true
		}
		if refused, is := pgsql.AnsweredAs(err); is {
			return peer + " is a PostgreSQL server: " + refused, true
		}
		n.Log.Debug().Err(err).Str("host", peer).Msg("asked a peer")
	}
	return "", false
}
