// Package host is this process and its machine: the user that it runs as and
// the owners of files, its environment, the names of users and of the
// distribution. Nothing else in the program changes the process.
//
// It knows nothing of PostgreSQL's files: folders and the names to leave out are
// given to it.
package host
