package config

import (
	"net"
	"slices"
	"strconv"

	"pgreplica/entrypoint/pg"
)

// Config is what the environment asks for. The tags of a field are its manual:
//
//	envconfig  name of the variable
//	alias      its other names
//	default    its value when it is unset
//	otherwise  the same in words, where no constant can say it
//	values     all values that it may have
//	file       on: X_FILE may name a file that holds the value, as for every Secret
//	mode       which server reads it: primary, standby or both
//	read       start: it counts at each start; first: when the data directory is made
//	desc       what it means
type Config struct {
	Mode pg.Mode `envconfig:"REPLICATION_MODE" alias:"POSTGRESQL_REPLICATION_MODE" otherwise:"set by the image" mode:"both" read:"start" desc:"primary or standby; master and slave mean the same"`

	PostgresUser     string `envconfig:"POSTGRES_USER" default:"postgres" file:"on" mode:"both" read:"start" desc:"bootstrap superuser, which our commands log in as over the socket"`
	PostgresPassword Secret `envconfig:"POSTGRES_PASSWORD" alias:"POSTGRESQL_POSTGRES_PASSWORD|POSTGRESQL_PASSWORD" otherwise:"none" mode:"primary" read:"start" desc:"password of the superuser POSTGRES_USER, and of APP_USER where APP_PASSWORD is not set; a new cluster needs one unless POSTGRES_HOST_AUTH_METHOD is trust. Where it has changed since an earlier start, the password changes too"`
	PostgresDB       string `envconfig:"POSTGRES_DB" alias:"POSTGRESQL_DATABASE" otherwise:"value of POSTGRES_USER" file:"on" mode:"primary" read:"first" desc:"database to make with the cluster"`
	InitDBArgs       string `envconfig:"POSTGRES_INITDB_ARGS" alias:"POSTGRESQL_INITDB_ARGS" otherwise:"none" file:"on" mode:"primary" read:"first" desc:"more arguments for initdb, such as --locale=es_ES.UTF-8"`
	InitDBWALDir     string `envconfig:"POSTGRES_INITDB_WALDIR" alias:"POSTGRESQL_INITDB_WAL_DIR" otherwise:"inside PGDATA" mode:"both" read:"first" desc:"folder, on a volume of its own, for the write-ahead log: a first cluster has all of it, a copy a folder in it"`
	HostAuthMethod   string `envconfig:"POSTGRES_HOST_AUTH_METHOD" otherwise:"scram-sha-256" mode:"primary" read:"first" desc:"how clients other than standbys log in: method of the line for all hosts in pg_hba.conf"`
	PGData           string `envconfig:"PGDATA" default:"/var/lib/postgresql/data/pgdata" mode:"both" read:"start" desc:"data directory"`
	PGMajor          int    `envconfig:"PG_MAJOR" otherwise:"set by the base image" mode:"both" read:"start" desc:"major version of the image's PostgreSQL"`

	AppUser             string   `envconfig:"APP_USER" default:"adempiere" mode:"primary" read:"start" desc:"the application's role (login, createdb, createrole, superuser), or none"`
	AppPassword         Secret   `envconfig:"APP_PASSWORD" otherwise:"value of POSTGRES_PASSWORD" mode:"primary" read:"start" desc:"password of APP_USER"`
	ReplicationUser     string   `envconfig:"REPLICATION_USER" alias:"MASTER_USER|POSTGRESQL_REPLICATION_USER" default:"postgres_replicator" mode:"both" read:"start" desc:"replication role, made on the primary and used by the standby"`
	ReplicationPassword Secret   `envconfig:"REPLICATION_PASSWORD" alias:"POSTGRESQL_REPLICATION_PASSWORD" otherwise:"none" mode:"both" read:"start" desc:"password of REPLICATION_USER, the same on both sides; a standby needs it, and a primary without it makes no replication role. Whoever knows it can copy the whole cluster"`
	ReplicationAllow    []string `envconfig:"REPLICATION_ALLOW" otherwise:"samenet" mode:"both" read:"start" desc:"who may replicate: a list of CIDR blocks, addresses, host names, samenet (the container's own network), all, or none, with commas between. Unset, a replication line of a mounted pg_hba.conf stands alone"`

	MasterServer      string   `envconfig:"MASTER_SERVER" alias:"POSTGRESQL_MASTER_HOST" otherwise:"none" mode:"standby" read:"start" desc:"host name or address of the server to follow; a standby needs it"`
	MasterPort        uint16   `envconfig:"MASTER_PORT" alias:"POSTGRESQL_MASTER_PORT_NUMBER" default:"5432" mode:"standby" read:"start" desc:"port of MASTER_SERVER"`
	MasterSlot        string   `envconfig:"MASTER_SLOT" otherwise:"pgreplica_<node id>" mode:"standby" read:"start" desc:"physical replication slot on MASTER_SERVER, and this standby's application_name and cluster_name; each standby of one primary needs a slot of its own"`
	MasterSSLMode     string   `envconfig:"MASTER_SSLMODE" default:"prefer" values:"disable|allow|prefer|require|verify-ca|verify-full" mode:"standby" read:"start" desc:"how the connection to MASTER_SERVER uses TLS, as sslmode in libpq"`
	MasterSSLRootCert string   `envconfig:"MASTER_SSLROOTCERT" otherwise:"none" mode:"standby" read:"start" desc:"file in the container with the certificates of trusted authorities"`
	MasterSSLCert     string   `envconfig:"MASTER_SSLCERT" otherwise:"none" mode:"standby" read:"start" desc:"file in the container with the client's certificate"`
	MasterSSLKey      string   `envconfig:"MASTER_SSLKEY" otherwise:"none" mode:"standby" read:"start" desc:"file in the container with the private key of MASTER_SSLCERT"`
	MasterWaitTimeout Duration `envconfig:"MASTER_WAIT_TIMEOUT" default:"0" mode:"standby" read:"first" desc:"how long a standby without data waits for its primary, such as 10min; 0 is for ever"`

	ApplyDelay Duration `envconfig:"APPLY_DELAY" default:"0" mode:"standby" read:"start" desc:"how long after the primary a standby shows each change (1h, 30min), so that a mistake there can still be read around here; WAL arrives and is kept without delay, and a promotion replays what waits at once"`

	ExistingData  string      `envconfig:"EXISTING_DATA" default:"backup" values:"backup|refuse" mode:"standby" read:"first" desc:"what a new standby does with another cluster's data that it finds: set it aside as data_old-<UTC time>, or stop"`
	AutoRejoin    string      `envconfig:"AUTO_REJOIN" default:"off" values:"off|reclone" mode:"standby" read:"start" desc:"what a former primary, or a standby that ran on its own, does by itself: stop and say what would be lost, or set its data aside and copy the primary anew"`
	Peers         []string    `envconfig:"PEERS" otherwise:"none" mode:"primary" read:"start" desc:"the other servers, host or host:port, with commas between, or none: a primary without data asks them first, and makes no cluster where one of them has one"`
	SystemID      pg.SystemID `envconfig:"SYSTEM_ID" otherwise:"none" mode:"both" read:"start" desc:"the only system identifier that this container accepts; pg_controldata prints it"`
	RequireVolume Bool        `envconfig:"REQUIRE_VOLUME" default:"off" mode:"both" read:"first" desc:"whether to refuse to make a cluster on an anonymous volume or in the container's own layer"`

	CloneMaxRate    string `envconfig:"CLONE_MAX_RATE" default:"off" mode:"standby" read:"first" desc:"most that a base backup takes from the primary in a second: 32k to 1024M, as pg_basebackup --max-rate"`
	CloneVerify     Bool   `envconfig:"CLONE_VERIFY" default:"on" mode:"standby" read:"first" desc:"whether to check every file of a base backup against its manifest before it is used"`
	CloneCheckpoint string `envconfig:"CLONE_CHECKPOINT" default:"fast" values:"fast|spread" mode:"standby" read:"first" desc:"checkpoint that a base backup begins with; spread spares a busy primary and takes minutes"`
	CloneCompress   string `envconfig:"CLONE_COMPRESS" default:"off" mode:"standby" read:"first" desc:"compression of a base backup on its way, as pg_basebackup --compress: server-lz4, server-zstd, server-gzip (15 and later)"`

	HealthcheckRequireStreaming Bool `envconfig:"HEALTHCHECK_REQUIRE_STREAMING" default:"on" mode:"standby" read:"start" desc:"whether a standby must stream to be healthy; off lets it do without its primary, as long as it answers and needs no new copy, and the line of the healthcheck still says that it is not connected"`
	HealthcheckMaxLag           Size `envconfig:"HEALTHCHECK_MAX_LAG" default:"off" mode:"standby" read:"start" desc:"most that a healthy standby may have left to replay: 64MB, 1GB; what waits for APPLY_DELAY counts"`

	LockWait  Duration `envconfig:"LOCK_WAIT" default:"60s" mode:"both" read:"start" desc:"how long to wait for another container that is leaving the volume"`
	ConfigDir string   `envconfig:"CONFIG_DIR" default:"/tmp/postgresql" mode:"both" read:"start" desc:"where your postgresql.conf and pg_hba.conf are mounted"`
	LogFormat string   `envconfig:"LOG_FORMAT" default:"text" values:"text|json" mode:"both" read:"start" desc:"shape of our own log lines"`
	LogLevel  string   `envconfig:"LOG_LEVEL" default:"info" values:"debug|info|warn|warning|error" mode:"both" read:"start" desc:"least level of our own log lines"`
}

// Load reads an environment as os.Environ gives it. Its error is an *Invalid
// with every mistake; the Config beside it then holds the defaults in place of
// what is wrong, good for the shape of the log and nothing more.
func Load(environ []string) (Config, []Warning, error) {
	settings := Settings()
	var found mistakes
	all := newEnvironment(environ)
	given := all.read(settings, &found)
	checkTexts(given, settings, &found)
	var c Config
	decode(given, settings, &c, &found)
	c.complete(given)
	c.validate(&found)
	return c, slices.Concat(c.warnings(), all.renamed(settings), all.unknown(settings)), found.invalid(settings)
}

// complete fills in what is derived from other variables, and empties what is
// turned off with a word such as none or off.
func (c *Config) complete(given map[string]string) {
	if c.PostgresDB == "" {
		c.PostgresDB = c.PostgresUser
	}
	own := given["APP_USER"] != "" || c.AppPassword.IsSet()
	if c.AppUser == "none" || !own && c.AppUser == c.PostgresUser {
		c.AppUser = ""
	}
	if !c.AppPassword.IsSet() {
		c.AppPassword = c.PostgresPassword
	}
	if c.LogLevel == "warning" {
		c.LogLevel = "warn"
	}
	for _, text := range []*string{&c.CloneMaxRate, &c.CloneCompress} {
		if *text == "off" || *text == "none" {
			*text = ""
		}
	}
	c.ReplicationAllow = words(c.ReplicationAllow)
	if c.Peers = words(c.Peers); slices.Equal(c.Peers, []string{"none"}) {
		c.Peers = nil
	}
}

// DecidedUnder says which role the environment asks for, in clear text. Where an
// earlier start has recorded another text, somebody has changed the environment
// since.
func (c Config) DecidedUnder() string {
	upstream := net.JoinHostPort(c.MasterServer, strconv.Itoa(int(c.MasterPort)))
	switch {
	case c.Mode == pg.Standby:
		return "standby of " + upstream
	case c.MasterServer != "":
		return "primary (MASTER_SERVER " + upstream + ")"
	}
	return "primary"
}
