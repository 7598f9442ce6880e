package doctor

import (
	"strings"

	"pgreplica/entrypoint/pg"
)

// alterCommand is what to type to change settings that a running server takes on a
// reload. ALTER SYSTEM outranks postgresql.conf, a mounted one as well.
func alterCommand(service pg.Service, settings ...string) string {
	return alterSystem(service, settings) + ` -c "SELECT pg_reload_conf()"`
}

// alterAndRestartCommand is what to type to change settings that need a restart.
func alterAndRestartCommand(service pg.Service, settings ...string) string {
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
