package node

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"pgreplica/entrypoint/config"
)

var levels = map[string]string{
	zerolog.LevelDebugValue: "DEBUG", zerolog.LevelInfoValue: "LOG",
	zerolog.LevelWarnValue: "WARNING", zerolog.LevelErrorValue: "ERROR",
}

// NewLog makes the one logger. Its text has the shape of PostgreSQL's own
// lines, so that a container's log reads as one program's.
func NewLog(out io.Writer, cfg config.Config, pid int) zerolog.Logger {
	zerolog.TimeFieldFormat = zerolog.TimeFormatUnixMs
	if cfg.LogFormat == "json" {
		zerolog.TimeFieldFormat = time.RFC3339Nano
	} else {
		out = console(out)
	}
	level, err := zerolog.ParseLevel(cfg.LogLevel)
	if err != nil {
		level = zerolog.InfoLevel
	}
	return zerolog.New(out).Level(level).With().Timestamp().Int("pid", pid).Logger()
}

// console writes each event as a line like PostgreSQL's own.
func console(out io.Writer) io.Writer {
	return zerolog.ConsoleWriter{
		Out: out, NoColor: true,
		TimeFormat: "2006-01-02 15:04:05.000 MST", TimeLocation: time.Local,
		PartsOrder:            []string{zerolog.TimestampFieldName, "pid", zerolog.LevelFieldName, zerolog.MessageFieldName},
		FieldsExclude:         []string{"pid", "mode"}, // a container has one mode: it would be on every line
		FieldsOrder:           []string{"why", "steps", "percent", "done", "total", "rate", "left", "error", "hint"},
		FormatPartValueByName: func(value any, _ string) string { return fmt.Sprintf("[%v]", value) },
		FormatLevel:           func(level any) string { return levels[fmt.Sprint(level)] + ":  pgreplica:" },
		FormatFieldValue:      asTyped,
		FormatMessage:         func(message any) string { return strings.ReplaceAll(fmt.Sprint(message), "\n", "\n\t") },
	}
}

// asTyped is the text of a field as a person can copy it: what was quoted keeps its
// quotes around it, and of the escapes within only those of what cannot be printed.
// A command with quotes of its own would otherwise not be the command any more.
func asTyped(value any) string {
	text := fmt.Sprintf("%s", value) // a list is bytes of JSON
	plain, err := strconv.Unquote(text)
	if err != nil {
		return text
	}
	var out strings.Builder
	for _, r := range plain {
		if strconv.IsPrint(r) {
			out.WriteRune(r)
		} else {
			out.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return `"` + out.String() + `"`
}
