package pgconf

// Names of files in a data directory.
const (
	ConfFile  = "postgresql.conf"
	AutoFile  = "postgresql.auto.conf"
	HBAFile   = "pg_hba.conf"
	IdentFile = "pg_ident.conf"
)
