package config

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"pgreplica/entrypoint/pg"
)

const aStandbyNeedsIt = "is not set, and a standby needs it"

// validate finds the mistakes that show in a whole configuration.
func (c *Config) validate(found *mistakes) {
	if c.Mode == "" {
		found.add("REPLICATION_MODE", "is not set", "Write primary or standby; our images set it.")
	}
	if c.Mode == pg.Standby && c.MasterServer == "" {
		found.add("MASTER_SERVER", aStandbyNeedsIt, "Write the host name or address of the server to follow.")
	}
	if c.Mode == pg.Standby && !c.ReplicationPassword.IsSet() {
		found.add("REPLICATION_PASSWORD", aStandbyNeedsIt, "Give it the password that the primary's REPLICATION_PASSWORD has.")
	}
	c.checkRoles(found)
	c.checkPasswords(found)
	c.checkHosts(found)
	c.checkPaths(found)
	c.checkClone(found)
	if delay := time.Duration(c.ApplyDelay); delay.Milliseconds() > math.MaxInt32 {
		found.add("APPLY_DELAY", fmt.Sprintf("%s is longer than PostgreSQL can delay", delay), "Write at most 24d.")
	}
	if err := pg.CheckSlotName(c.MasterSlot); c.MasterSlot != "" && err != nil {
		found.add("MASTER_SLOT", err.Error(), slotRemedy(c.MasterSlot))
	}
}

// CheckNewCluster returns what is missing or wrong for a new cluster on a primary,
// with what others have found. Load cannot know whether one is to be made.
func (c Config) CheckNewCluster(more ...Mistake) error {
	var found mistakes
	if !c.PostgresPassword.IsSet() && c.HostAuthMethod != "trust" {
		found.add("POSTGRES_PASSWORD", "Database is uninitialized and superuser password is not specified",
			"Set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE to a value that is not empty; POSTGRES_HOST_AUTH_METHOD=trust lets everybody in without one.")
	}
	if strings.ContainsAny(c.PostgresUser, `"$'\`) { // initdb writes the name into files of SQL
		found.add("POSTGRES_USER", "holds a quote, a $ or a backslash, and initdb makes no superuser with such a name", "Choose another name.")
	}
	for _, mistake := range more {
		found.put(mistake)
	}
	return found.invalid(Settings())
}

// Allows reports whether REPLICATION_ALLOW holds a word.
func (c Config) Allows(word string) bool { return slices.Contains(c.ReplicationAllow, word) }

// checkRoles checks the names of roles against PostgreSQL's rules, and that the
// three roles are different: one that is two of them would get the attributes of
// both.
func (c *Config) checkRoles(found *mistakes) {
	names := []struct{ variable, name string }{
		{"POSTGRES_USER", c.PostgresUser}, {"APP_USER", c.AppUser}, {"REPLICATION_USER", c.ReplicationUser},
	}
	for i, role := range names {
		reserved := strings.HasPrefix(role.name, "pg_") || role.name == "public" || role.name == "none"
		if reserved && role.name != "" {
			found.add(role.variable, "is a role name that PostgreSQL keeps for itself: public, none, or one that begins with pg_", "Choose another name.")
		}
		if len(role.name) > 63 {
			found.add(role.variable, fmt.Sprintf("role name is longer than 63 bytes: it has %d", len(role.name)), "Choose a shorter name; where a file holds it, check that it is the right file.")
		}
		for _, other := range names[:i] {
			if role.name == other.name {
				found.add(role.variable, fmt.Sprintf("is %q, as %s is", role.name, other.variable), "Choose another name for one of them"+orNone(role.variable)+".")
			}
		}
	}
	if len(c.PostgresDB) > 63 && c.PostgresDB != c.PostgresUser {
		found.add("POSTGRES_DB", fmt.Sprintf("database name is longer than 63 bytes: it has %d", len(c.PostgresDB)), "Choose a shorter name; where a file holds it, check that it is the right file.")
	}
}

// checkPasswords refuses passwords that would never log in. One that PostgreSQL
// stores as it is, a verifier, is taken where nobody has to log in with it.
func (c *Config) checkPasswords(found *mistakes) {
	const own = "Write the password itself."
	for _, secret := range []struct {
		variable string
		Secret
	}{{"POSTGRES_PASSWORD", c.PostgresPassword}, {"APP_PASSWORD", c.AppPassword}, {"REPLICATION_PASSWORD", c.ReplicationPassword}} {
		most := pg.LongestPassword(c.PGMajor)
		if size := len(secret.Reveal()); most > 0 && size > most && (c.Mode == pg.Primary || secret.variable == "REPLICATION_PASSWORD") {
			found.add(secret.variable, fmt.Sprintf("is longer than %d bytes: it has %d, and with PostgreSQL %d such a password never logs in", most, size, c.PGMajor),
				"Choose a shorter one; pgreplica settings --random prints random ones.")
		}
	}
	replication := pg.VerifierMethod(c.ReplicationPassword.Reveal())
	switch {
	case replication == "":
	case c.Mode == pg.Standby || c.MasterServer != "" || len(c.Peers) > 0:
		found.add("REPLICATION_PASSWORD", "is what PostgreSQL stores of a password, and this server logs in at another with the password", own)
	case replication == "md5":
		found.add("REPLICATION_PASSWORD", "is an md5 verifier, and standbys log in with scram-sha-256", own)
	}
	ofUser := c.AppPassword.Reveal() == c.PostgresPassword.Reveal()
	if c.Mode == pg.Primary && c.AppUser != "" && ofUser && pg.VerifierMethod(c.AppPassword.Reveal()) == "md5" {
		found.add("APP_PASSWORD", "is the md5 verifier of POSTGRES_PASSWORD, which is good for POSTGRES_USER alone", "Set APP_PASSWORD, or APP_USER=none.")
	}
}

// orNone is the way out that APP_USER alone has.
func orNone(variable string) string {
	if variable == "APP_USER" {
		return ", or set APP_USER=none"
	}
	return ""
}

func (c *Config) checkPaths(found *mistakes) {
	for _, at := range []struct{ variable, path string }{
		{"POSTGRES_INITDB_WALDIR", c.InitDBWALDir}, {"PGDATA", c.PGData}, {"CONFIG_DIR", c.ConfigDir},
		{"MASTER_SSLROOTCERT", c.MasterSSLRootCert}, {"MASTER_SSLCERT", c.MasterSSLCert}, {"MASTER_SSLKEY", c.MasterSSLKey},
	} {
		system := at.variable == "MASTER_SSLROOTCERT" && at.path == "system" // libpq's own word, from 16 on
		if at.path != "" && !system && (!path.IsAbs(at.path) || path.Clean(at.path) == "/") {
			found.add(at.variable, fmt.Sprintf("%q is not an absolute path", at.path), "Write the whole path inside the container, beginning with /.")
		}
	}
}

func (c *Config) checkClone(found *mistakes) {
	if c.CloneMaxRate != "" && !isRate(c.CloneMaxRate) {
		found.add("CLONE_MAX_RATE", fmt.Sprintf("%q is not a rate", c.CloneMaxRate), "Write a number with k or M, from 32k to 1024M a second, or off.")
	}
	if c.CloneCompress == "" {
		return
	}
	method, _, _ := strings.Cut(c.CloneCompress, ":")
	switch {
	case !slices.Contains([]string{"server-gzip", "server-lz4", "server-zstd"}, method) || strings.Contains(c.CloneCompress, " "):
		found.add("CLONE_COMPRESS", fmt.Sprintf("%q is not a compression that a plain base backup can have", c.CloneCompress),
			"Write server-lz4, server-zstd or server-gzip, with :level or without, or off.")
	case c.PGMajor != 0 && c.PGMajor < 15:
		found.add("CLONE_COMPRESS", fmt.Sprintf("PostgreSQL %d cannot compress a base backup on its way", c.PGMajor), "Write off, or use an image of 15 or later.")
	}
}

// isRate says whether pg_basebackup takes a rate: from 32k to 1024M. A number
// without a unit is of kilobytes.
func isRate(text string) bool {
	number, kilobytes := strings.TrimSuffix(text, "k"), 1.0
	if megabytes, ok := strings.CutSuffix(text, "M"); ok {
		number, kilobytes = megabytes, 1024
	}
	rate, err := strconv.ParseFloat(number, 64)
	return err == nil && rate*kilobytes >= 32 && rate*kilobytes <= 1<<20
}

// slotRemedy proposes a name that a slot may have, near the wrong one if possible.
func slotRemedy(slot string) string {
	better := strings.ToLower(strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(slot))
	if pg.CheckSlotName(better) == nil {
		return "Write " + better + "; a slot's name has _ where others have a dash."
	}
	return "Write lower-case letters, digits and _, such as replication_slot_1."
}
