// Package pg holds PostgreSQL's words, the types that all other packages share:
// LSN, Timeline, SystemID, Mode, Slot, DataDir, Health, Settings and the like. It
// also has what every layer needs to speak to people: Fault, an error with a
// remedy, and Service, whose methods are the docker compose commands to type.
//
// It is the ground floor: it imports no other package of this program, reads and
// writes nothing, and starts no process.
package pg
