// Package pgsql speaks SQL and the replication protocol with running servers:
// with the one that this standby follows, and with our own over its socket.
// It makes the statements for roles as well. An error of a connection is a
// *Failure, which says what to do about it.
package pgsql
