// Package entrypoint is the path of a start, from a volume as it is found to a
// server that can run:
//
//	inspect → plan → do one step … → inspect … → a pgctl.Server
//
// Prepare is its one entry for a start. It inspects the volume, what earlier
// starts recorded there and the upstream. Package plan decides: it is a pure
// function, and all its answers are listed in plan/testdata/decisions.txt. Then
// the steps are done and all is inspected again, because the effect of a step is
// checked and not assumed; a start that was killed between two steps is then
// nothing special. When only becoming postgres is left, Prepare returns the
// server, and cmd becomes it.
//
// New data is always made in a staging folder on the same volume and moves in
// by rename, PG_VERSION last. A journal tells the next start how far that came.
// Data that was there before leaves by rename, to data_old-<time>. Nothing here
// removes it.
package entrypoint
