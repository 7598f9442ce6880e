// Package doctor judges a server, its volume, its environment and its upstream.
// Examine is its entry: it takes what was found, a Seen, and returns every Check
// that can be made of it; Health and Absence answer in one line for healthcheck
// and status. Each Finding has a level, one sentence, and what to type against it.
//
// The package reads no file, clock or server, and is a function of Seen alone, so
// that status, healthcheck and doctor say the same of the same state.
package doctor
