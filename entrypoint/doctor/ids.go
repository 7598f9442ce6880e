package doctor

// IDs are the names of all problems: of the checks in this package, of mistakes in
// the environment and of failures of a connection. They never change, because other
// programs read them, and each is a heading of docs/troubleshooting.md.
var IDs = []string{
	"archive", "auth", "checksum-failures", "checksums", "client-login", "clocks", "collation", "config-edited",
	"config-rejected", "config-waiting", "connections", "copy-unreadable", "data", "databases", "disk",
	"diverged", "dns", "durability", "env-both-file", "env-first-start", "env-name", "env-placeholder",
	"env-unknown", "env-value", "followers", "half-made-copy", "half-made-init", "hba", "hba-file", "hot-standby",
	"hot-standby-feedback", "inodes", "lag", "limits-outgrown", "listening", "locale", "login", "major-version",
	"max-replication-slots", "max-wal-senders", "minor-version", "needs-archive", "needs-copy", "no-replication",
	"other", "password-differs", "password-known", "password-shared", "port-answers-postgres", "receiver",
	"recovery-conflicts", "refused", "replay-paused", "replication-superuser", "role", "role-replication",
	"route", "senders", "server", "shared-buffers", "shm", "slot-absent", "slot-active", "slot-limit", "slot-logical",
	"slot-lost", "slot-name", "slot-nearly-lost", "slot-unused", "slots-full", "socket", "standby-settings",
	"standby-signal", "starting", "synchronous-standbys", "system-id", "timeline", "timeout", "tls", "trust",
	"upstream-is-self", "version-eol", "volume", "volume-path", "wal-level", "wal-segment-size", "wal-sizes",
}
