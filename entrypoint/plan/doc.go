// Package plan decides what a start does. For is its entry: it compares what the
// environment asks for, a Want, with what was found on the volume and at the
// upstream, a Have, and returns the next steps with the reason for them, or a
// Refusal. ForFile decides the same for one mounted configuration file, and Mode
// what the server is to be.
//
// Nothing here does a step: package entrypoint does, then looks again and asks For
// again. The package reads no file, clock, environment variable or server, so that
// testdata/decisions.txt can list every decision.
package plan
