package config

import (
	"fmt"
	"io"
	"reflect"
	"strings"

	"pgreplica/entrypoint/pg"
)

// A Setting is a variable as the manual describes it.
type Setting struct {
	Name         string
	Aliases      []string // its other names
	Literal      string   // its value when it is unset; empty where no constant can say that
	Default      string   // the same, or in words
	Meaning      string
	Values       []string // all that it may be; empty where that is open
	Secret, File bool     // File: X_FILE may name a file that holds it
	Mode         string   // which server reads it: primary, standby or both
	Read         string   // first: when the data directory is made; start: at each start
}

// Settings returns every variable in the order of the manual.
func Settings() []Setting {
	fields := reflect.TypeFor[Config]()
	settings := make([]Setting, fields.NumField())
	for i := range settings {
		field := fields.Field(i)
		tag := field.Tag.Get
		s := Setting{
			Name: tag("envconfig"), Literal: tag("default"), Default: tag("default") + tag("otherwise"), Meaning: tag("desc"),
			Secret: field.Type == reflect.TypeFor[Secret](), Mode: tag("mode"), Read: tag("read"),
		}
		s.File = s.Secret || tag("file") == "on"
		if values := tag("values"); values != "" {
			s.Values = strings.Split(values, "|")
		}
		if aliases := tag("alias"); aliases != "" {
			s.Aliases = strings.Split(aliases, "|")
		}
		settings[i] = s
	}
	return settings
}

const width = 100 // columns of the manual

// WriteManual prints the manual of the variables as plain text.
func WriteManual(w io.Writer) error {
	var out strings.Builder
	row := func(columns ...any) { fmt.Fprintf(&out, "%-29s  %-32s  %-8s  %s\n", columns...) }
	row("VARIABLE", "DEFAULT", "READ ON", "READ AT")
	for _, s := range Settings() {
		name, when := s.Name, "each start"
		if s.File {
			name += "[_FILE]"
		}
		if s.Read == "first" {
			when = "first start"
		}
		row(name, s.Default, s.Mode, when)
		meaning := s.Meaning
		if len(s.Values) > 0 {
			meaning += " (" + orList(s.Values) + ")"
		}
		writeWrapped(&out, meaning)
		if len(s.Aliases) > 0 {
			writeWrapped(&out, "other names: "+strings.Join(s.Aliases, ", "))
		}
	}
	out.WriteString("\nAn empty variable counts as unset. [_FILE]: the variable with _FILE at its end names a file that\n" +
		"holds the value. First start: when the data directory is made.\n")
	_, err := io.WriteString(w, out.String())
	return err
}

func writeWrapped(out *strings.Builder, text string) {
	for _, line := range pg.Wrap("    ", text, width) {
		out.WriteString(line + "\n")
	}
}
