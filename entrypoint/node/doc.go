// Package node is this container's PostgreSQL, opened once: what the
// environment asks of it, its volume, what earlier starts noted there, the lock,
// the way to its own server and the marks for the healthcheck. Open is for a
// command that looks, Take for one that changes the volume.
//
// A Node does not change, except for its Record; what changes during a start lives
// in package entrypoint. A node asks no other server, and writes nothing into the
// data directory.
//
// limits.go has the bounds of everything that this program waits for.
package node
