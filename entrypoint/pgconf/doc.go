// Package pgconf is PostgreSQL's configuration as text: postgresql.conf,
// postgresql.auto.conf, pg_hba.conf and pg_ident.conf, and the arguments of
// postgres. It reads them as PostgreSQL does, finds what a server would not
// start with, and composes the files that are installed: the managed block first,
// then the user's file whole.
//
// It reads files and looks whether those that a text names exist. It writes none,
// and runs no program.
package pgconf
