package pgsql

import (
	"strings"

	"github.com/jackc/pgx/v5"
)

// QuoteLiteral writes text as a string constant on one line: the quote is
// doubled, and backslash and line ends make it an E constant, so that it means
// the same whatever standard_conforming_strings says. A NUL is dropped:
// PostgreSQL has none in text.
func QuoteLiteral(text string) string {
	quoted := "'" + strings.NewReplacer("'", "''", `\`, `\\`, "\n", `\n`, "\r", `\r`, "\x00", "").Replace(text) + "'"
	if strings.ContainsAny(text, "\\\n\r") {
		return "E" + quoted
	}
	return quoted
}

// QuoteIdent writes a name as a quoted identifier.
func QuoteIdent(name string) string { return pgx.Identifier{name}.Sanitize() }
