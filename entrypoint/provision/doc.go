// Package provision is what a server is given by its environment: its
// configuration files, its roles, whom a standby follows, and the limits that a
// standby needs. Apply gives all of it to a server that runs.
//
// It asks no other server, and starts none.
package provision
