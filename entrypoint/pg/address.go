package pg

import (
	"net"
	"strconv"
)

// Address is a host with its port, as people and programs write it.
func Address(host string, port uint16) string { return net.JoinHostPort(host, strconv.Itoa(int(port))) }
