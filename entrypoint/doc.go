// Package entrypoint is the path of a start, from an environment to a running
// PostgreSQL:
//
//	inspect → plan → apply → inspect … → exec
//
// Inspect looks at the volume, at what earlier starts noted there and at the
// upstream. Plan, a package of its own, decides: it is a pure function, and all
// its answers stand in plan/testdata/decisions.txt. Apply does one step. Then
// Boot looks again, because a step's effect is checked and not assumed, and
// because a start that was killed between two steps is then nothing special.
// When the plan is only to become postgres, this process ceases to exist.
//
//	                cmd/pgreplica                     speaks with people
//	                      │
//	                 entrypoint                       walks the path
//	┌─────────┬─────────┬─┴───────┬────────┬────────┐
//	config   plan    doctor    pgdata    pgctl   pgsql    one concern each, strangers to each other
//	└─────────┴─────────┴─┬───────┴────────┴────────┘
//	                      pg                          words
//
// Status, healthcheck and doctor look without changing anything; package doctor,
// a pure function as plan is, judges what they see, so that all three say the same.
//
// New data is always made in a staging folder on the same volume and moves in
// by rename, PG_VERSION last. A journal tells the next start how far that came.
// Data that was there before leaves by rename, to data_old-<time>; nothing here
// ever removes it.
package entrypoint
