// Package pgctl runs PostgreSQL's own programs: initdb, pg_basebackup,
// pg_verifybackup, pg_controldata, pg_waldump, pg_ctl and postgres. It knows
// their arguments and reads their output. Each use has a function of its own, and
// all of them go through run, or through runOpen where a program writes straight
// to our own output. Become is the end of a start: a Server takes the place of
// this process.
//
// No process that it starts outlives the function that started it, but for the
// server of Serve. It never deletes data: RemoveStalePID removes a postmaster.pid
// and nothing else.
package pgctl
