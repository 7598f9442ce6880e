package config

import (
	"errors"
	"os"

	"github.com/kelseyhightower/envconfig"
)

// read returns the values that are set, each under its setting's own name, also
// where the environment has it under another name or in a file.
func (e environment) read(settings []Setting, found *mistakes) map[string]string {
	given := map[string]string{}
	for _, s := range settings {
		if value := e.valueOf(s, found); value != "" {
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

// decode fills c through envconfig. That stops at its first mistake, so the
// mistake is noted, its variable left out and envconfig called again. No type that
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

// lend puts what is given into the environment of this process, the only one that
// envconfig reads, and takes all other settings out of it. The function that it
// returns puts back what was there, so that no program that is started inherits
// the text of a secret's file. Setenv fails for a NUL byte alone, and checkTexts
// left none.
func lend(given map[string]string, settings []Setting) func() {
	before := map[string]string{}
	for _, s := range settings {
		if value, set := os.LookupEnv(s.Name); set {
			before[s.Name] = value
		}
		setOrUnset(s.Name, given)
	}
	return func() {
		for _, s := range settings {
			setOrUnset(s.Name, before)
		}
	}
}

// setOrUnset gives a variable of this process its value in values, if it has one
// there, and unsets it otherwise.
func setOrUnset(name string, values map[string]string) {
	if value, set := values[name]; set {
		_ = os.Setenv(name, value)
	} else {
		_ = os.Unsetenv(name)
	}
}
