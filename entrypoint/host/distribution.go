package host

import (
	"os"

	"pgreplica/entrypoint/pg"
)

// Distribution is that of this image, as pg.RunsOn has it.
func Distribution() string {
	release, _ := os.ReadFile("/etc/os-release") // without it the distribution has no name
	return pg.RunsOn(string(release))
}
