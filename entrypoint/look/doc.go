// Package look gathers what status, healthcheck, doctor and slots are made from:
// one doctor.Seen, filled as deep as the command needs.
//
// It changes nothing but the marks of the healthcheck, and starts no process while
// a server runs: an orphan of the server's could crash it. It judges nothing.
package look
