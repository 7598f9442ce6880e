// Package pg holds PostgreSQL's words: the types that the other packages
// speak in. It reads nothing, writes nothing and imports nothing of ours.
package pg
