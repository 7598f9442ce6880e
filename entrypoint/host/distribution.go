package host

import (
	"os"

	"pgreplica/entrypoint/pg"
)

// Distribution is the Linux distribution of this image, as pg.RunsOn names it;
// empty where pg.RunsOn has no name for it.
func Distribution() string {
	release, _ := os.ReadFile("/etc/os-release") // without it the distribution is not known
	return pg.RunsOn(string(release))
}
