// Command mutants changes the program in the small ways of list.go, one at a time,
// and runs the test that has to notice it. A change that no test notices is a promise
// that nobody keeps.
//
// The files stay as they are: go test reads the changed one in the place of its own
// (-overlay).
package main
