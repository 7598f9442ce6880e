// Pgreplica is the entrypoint of the primary's and the standby's image. start
// prepares a PostgreSQL server and becomes it. The other commands look at the
// server that runs, or at the volume of one that does not; apply and slots drop
// change the server that runs, and migrate-layout the volume.
//
// Each command has a file, which parses its arguments, calls one function of the
// packages below and prints what that returns. main alone prints an error and ends
// the process. Nothing is decided here, and no server or volume is read.
package main
