// Package host is this process and its machine: the user that it runs as and
// the owners of files, its environment, the names of users and of the
// distribution. No other package changes this process, but for config, which
// sets variables for envconfig and puts back what was there.
//
// It knows nothing of PostgreSQL's files: folders and the names to leave out are
// given to it.
package host
