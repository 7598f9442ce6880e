package pg

// The major versions whose replication commands are known here.
const (
	OldestMajor = 13
	NewestMajor = 18
)

// MountPoint is where the images of a major version, ours and the official
// ones, mount a volume.
func MountPoint(major int) string {
	if major >= 18 {
		return "/var/lib/postgresql"
	}
	return "/var/lib/postgresql/data"
}
