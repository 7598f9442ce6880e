package doctor

import "strings"

// alter is what to type to change settings of a server that takes them while it
// runs. What ALTER SYSTEM sets outranks every file, a mounted one as well.
func alter(service string, settings ...string) string {
	return alterSystem(service, settings) + ` -c "SELECT pg_reload_conf()"`
}

// alterAndRestart is the same of settings that a server takes when it starts.
func alterAndRestart(service string, settings ...string) string {
	return alterSystem(service, settings) + " && docker compose restart " + service
}

func alterSystem(service string, settings []string) string {
	var out strings.Builder
	out.WriteString("docker compose exec " + service + " psql -U postgres")
	for _, setting := range settings {
		out.WriteString(` -c "ALTER SYSTEM SET ` + setting + `"`)
	}
	return out.String()
}
