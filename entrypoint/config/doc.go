// Package config reads the environment into one struct, Config, whose tags are the
// manual of the variables. Its entry is Load; no other package reads a setting from
// the environment.
//
// An empty variable counts as unset, because compose passes VAR= for what is not
// set. All mistakes are reported at once, each by the name of its variable, and no
// message holds the value of a secret.
//
// It reads the files that X_FILE variables name, and nothing else on disk.
package config
