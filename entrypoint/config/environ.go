package config

import (
	"errors"
	"os"

	"github.com/kelseyhightower/envconfig"
)

// read returns what is set, by the name of its variable: the text of files in
// place of their X_FILE, and other names under ours.
func (e environment) read(settings []Setting, found *mistakes) map[string]string {
	given := map[string]string{}
	for _, s := range settings {
		if value := e.of(s, found); value != "" {
			given[s.Name] = value
		}
	}
	return given
}

// remedies says what to write, by the type that could not be read.
var remedies = map[string]string{
	"pg.Mode":         "Write primary or standby; our images set it.",
	"pg.SystemID":     "Write the number that pg_controldata calls the database system identifier.",
	"config.Bool":     "Write on or off.",
	"config.Duration": "Write a number of seconds, or one with ms, s, min, h or d.",
	"config.Size":     "Write a number of bytes, or one with kB, MB, GB or TB, or off.",
}

// decode fills c through envconfig, which stops at its first mistake: what
// cannot be read is told and left out, and envconfig asked again. No type that
// holds a secret can fail here, because envconfig's errors print the value.
func decode(given map[string]string, settings []Setting, c *Config, found *mistakes) {
	defer lend(given, settings)()
	for range settings {
		bad, wrong := errors.AsType[*envconfig.ParseError](envconfig.Process("", c))
		if !wrong {
			return
		}
		remedy := remedies[bad.TypeName]
		if remedy == "" {
			remedy = "See pgreplica settings."
		}
		found.add(bad.KeyName, bad.Err.Error(), remedy)
		_ = os.Unsetenv(bad.KeyName)
	}
}

// lend puts what is given, and of our variables nothing else, into the
// environment of this process, the only one that envconfig reads. The function
// that it returns puts back what stood there, so that no program we start
// inherits the text of a secret's file. Setenv fails for a NUL byte alone,
// and checkTexts left none.
func lend(given map[string]string, settings []Setting) func() {
	before := map[string]string{}
	for _, s := range settings {
		if value, set := os.LookupEnv(s.Name); set {
			before[s.Name] = value
		}
		swap(s.Name, given)
	}
	return func() {
		for _, s := range settings {
			swap(s.Name, before)
		}
	}
}

func swap(name string, values map[string]string) {
	if value, set := values[name]; set {
		_ = os.Setenv(name, value)
	} else {
		_ = os.Unsetenv(name)
	}
}
