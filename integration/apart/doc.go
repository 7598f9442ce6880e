// Package apart runs a test once more, in a process of its own: there it may become
// another user or another program, and its system calls can be recorded. Command and
// Calls are its entries.
//
// Only tests import this package.
package apart
