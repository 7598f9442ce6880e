package host

import (
	"os"
	"slices"
	"strings"
)

// passedOn are the variables that postgres and the programs we start may see.
// It is a list of what is allowed: SQL can read the server's environment.
var passedOn = []string{"PATH", "HOME", "LANG", "LANGUAGE", "TZ", "PGDATA", "PG_MAJOR", "PG_VERSION", "PGTZ", "PGPORT",
	"PG_OOM_ADJUST_FILE", "PG_OOM_ADJUST_VALUE", "LD_LIBRARY_PATH"}

// ForgetSecrets leaves only harmless variables in this process's environment,
// and so in that of all it starts and becomes.
func ForgetSecrets() {
	kept := map[string]string{}
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "LC_") {
			kept[name] = value
		}
	}
	for _, name := range passedOn {
		if value, found := os.LookupEnv(name); found {
			kept[name] = value
		}
	}
	os.Clearenv()
	for name, value := range kept {
		_ = os.Setenv(name, value)
	}
}

// EnvironWith is this process's environment with one variable changed.
func EnvironWith(name, value string) []string {
	others := slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
	return append(others, name+"="+value)
}
