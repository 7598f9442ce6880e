package config

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// words splits a list at commas and blanks; envconfig splits at commas alone
// and keeps the blanks.
func words(list []string) []string {
	var out []string
	for _, item := range list {
		out = append(out, strings.Fields(item)...)
	}
	return out
}

// checkHosts checks the names and addresses of other servers, and puts those of
// REPLICATION_ALLOW into the form of pg_hba.conf.
func (c *Config) checkHosts(found *mistakes) {
	if c.MasterServer != "" {
		if what, remedy := wrongHost(c.MasterServer); what != "" {
			found.add("MASTER_SERVER", what, remedy)
		}
	}
	for _, peer := range c.Peers {
		host := peer
		if name, port, err := net.SplitHostPort(peer); err == nil && !strings.Contains(peer, "@") {
			host = name
			if what, remedy := wrongPort(port); what != "" {
				found.add("PEERS", what, remedy)
			}
		}
		if what, remedy := wrongHost(host); what != "" {
			found.add("PEERS", what, remedy)
		}
	}
	for i, from := range c.ReplicationAllow {
		address, ok := hbaAddress(from)
		if !ok {
			found.add("REPLICATION_ALLOW", fmt.Sprintf("%q is no address that pg_hba.conf knows", from),
				"Write CIDR blocks (10.0.0.0/24), addresses, host names, samenet, all or none.")
		}
		c.ReplicationAllow[i] = address
	}
	if c.Allows("none") && len(c.ReplicationAllow) > 1 {
		found.add("REPLICATION_ALLOW", "says none and names others as well", "Write none alone, or leave it out.")
	}
}

// hbaAddress returns an address as the fourth column of pg_hba.conf has it: a
// bare one gets its mask, a block loses the bits of the host, and a word is in
// small letters, or else PostgreSQL would take it for a host name.
func hbaAddress(from string) (string, bool) {
	if word := strings.ToLower(from); word == "all" || word == "samenet" || word == "none" {
		return word, true
	}
	if address, err := netip.ParseAddr(from); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()).String(), true
	}
	if block, err := netip.ParsePrefix(from); err == nil {
		return block.Masked().String(), true
	}
	return from, isHostName(strings.TrimPrefix(from, "."))
}

// wrongHost says what is wrong with the name or address of one server. It does
// not repeat a URL, which may hold a password.
func wrongHost(host string) (what, remedy string) {
	if _, err := netip.ParseAddr(host); err == nil || isHostName(host) {
		return "", ""
	}
	switch {
	case strings.Contains(host, "://") || strings.Contains(host, "@"):
		return "is a URL", "Write the host name or address alone."
	case strings.ContainsAny(host, ", "):
		return fmt.Sprintf("%q names more than one server", host), "Write one host name or address."
	case strings.ContainsAny(host, ":["):
		return fmt.Sprintf("%q is not a host name or address", host), "Write the host without brackets; the port stands in MASTER_PORT."
	}
	return fmt.Sprintf("%q is not a host name or address", host), "Write a name such as db1.example.com, or an address such as 10.0.0.12."
}

// isHostName accepts what DNS and Docker's own names can hold. A last label of
// digits belongs to an address, and then to a wrong one.
func isHostName(name string) bool {
	name = strings.TrimSuffix(name, ".")
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notOfHostName) {
			return false
		}
	}
	return len(name) <= 253 && strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

func notOfHostName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}
