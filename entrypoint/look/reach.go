package look

import (
	"context"
	"net"
	"strconv"

	"github.com/jackc/pgx/v5"

	"pgreplica/entrypoint/doctor"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgsql"
)

// askAsClients tries what clients need: that each database opens, and that the
// server takes connections by network.
func (g *gatherer) askAsClients(ctx context.Context, conn *pgx.Conn) {
	limited, cancel := context.WithTimeout(ctx, node.OpenLimit)
	defer cancel()
	unopened, err := pgsql.OpenEach(limited, conn)
	if err != nil {
		unopened = []pg.UnopenedDatabase{{Name: "each one", Why: "the list of databases could not be read", Unknown: true}}
	}
	g.seen.Inside.Unopened = unopened
	g.seen.Reach = reach(ctx, ownAddresses(), g.seen.Inside.Listening.Port)
}

// ownAddresses are the addresses of this container that others can reach. One
// without a network has none.
func ownAddresses() (found []net.IP) {
	all, _ := net.InterfaceAddrs()
	for _, address := range all {
		if network, ok := address.(*net.IPNet); ok && network.IP.IsGlobalUnicast() {
			found = append(found, network.IP)
		}
	}
	return found
}

// reach connects to the server at its own addresses, until one answers. nil means
// that there is none to try.
func reach(ctx context.Context, addresses []net.IP, port int) *doctor.Reach {
	if len(addresses) == 0 || port == 0 {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, node.ReachLimit)
	defer cancel()
	tried := &doctor.Reach{}
	for _, ip := range addresses {
		address := net.JoinHostPort(ip.String(), strconv.Itoa(port))
		tried.Addresses = append(tried.Addresses, address)
		conn, err := (&net.Dialer{}).DialContext(limited, "tcp", address)
		if err == nil {
			conn.Close()
			tried.Answers = true
			break
		}
	}
	return tried
}
