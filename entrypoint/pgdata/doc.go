// Package pgdata is the volume on disk: where the data directory and the state
// directory lie on it, what they hold, its lock, and the moves of data into the
// data directory and out of it. Locate finds the layout of a volume, which most
// functions take.
//
// Data moves by rename. A journal says how far a change has come, so that a start
// that was cut short is finished by the next one. A record keeps what earlier
// starts noted.
//
// It never removes what this program did not make, and it starts no process.
package pgdata
