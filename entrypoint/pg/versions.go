package pg

// The major versions whose replication commands this program knows.
const (
	OldestMajor = 13
	NewestMajor = 18
)

// MountPoint is the folder where the images of a major version mount a volume: those
// of this project and the official ones.
func MountPoint(major int) string {
	if major >= 18 {
		return "/var/lib/postgresql"
	}
	return "/var/lib/postgresql/data"
}
