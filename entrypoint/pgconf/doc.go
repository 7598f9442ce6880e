// Package pgconf is PostgreSQL's configuration as text: postgresql.conf,
// postgresql.auto.conf, pg_hba.conf and pg_ident.conf, and the arguments of
// postgres. It reads them as PostgreSQL does, finds what a server would not
// start with, and composes the files that are installed: our block first, then
// the user's file whole.
//
// It looks whether files that the text names are there, and writes none.
package pgconf
