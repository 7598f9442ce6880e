package doctor

import (
	"strings"

	"pgreplica/entrypoint/pg"
)

// alter is what to type to change settings of a server that takes them while it
// runs. What ALTER SYSTEM sets outranks every file, a mounted one as well.
func alter(service pg.Service, settings ...string) string {
	return alterSystem(service, settings) + ` -c "SELECT pg_reload_conf()"`
}

// alterAndRestart is the same of settings that a server takes when it starts.
func alterAndRestart(service pg.Service, settings ...string) string {
	return alterSystem(service, settings) + " && " + service.Restart()
}

func alterSystem(service pg.Service, settings []string) string {
	var out strings.Builder
	out.WriteString(service.Exec("psql -U postgres"))
	for _, setting := range settings {
		out.WriteString(` -c "ALTER SYSTEM SET ` + setting + `"`)
	}
	return out.String()
}
