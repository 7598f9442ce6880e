// Package source reads the source of the program, without its tests. Tests use it to
// check a rule in all of it: which functions may be called, which messages are
// documented, which package may import which. Files and Inspect are its entries.
//
// It parses files and resolves no names: a call of a function with the same name in
// another package looks the same. Only tests import this package.
package source
