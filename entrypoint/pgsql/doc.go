// Package pgsql speaks SQL and the replication protocol with running servers. A
// Session asks the server that this standby follows, over one replication
// connection; Local connects to our own server over its socket. The package also
// makes the statements for roles and databases, and the verifiers of passwords.
//
// An error of a connection is a *Failure, which says what to do about it. No
// error holds a password. The package decides nothing, and what libpq would read
// from the environment does not count.
package pgsql
