package pgsql

import (
	"context"
	"slices"
	"strings"
	"testing"
)

func sorted(words []string) []string { return slices.Sorted(slices.Values(words)) }

func FuzzQuoteLiteral(f *testing.F) {
	conn := startServer(f, nil).connect(f)
	for _, text := range nasty {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")
		quoted := QuoteLiteral(text)
		if strings.ContainsAny(quoted, "\n\r") {
			t.Errorf("QuoteLiteral(%q) has more than one line: %s", text, quoted)
		}
		var same string
		for _, conforming := range []string{"on", "off"} {
			if _, err := conn.Exec(context.Background(), "SET standard_conforming_strings = "+conforming); err != nil {
				t.Fatal(err)
			}
			results, err := conn.PgConn().Exec(context.Background(), "SELECT "+quoted).ReadAll()
			if err != nil {
				t.Fatalf("%q as %s: %v", text, quoted, err)
			}
			if same = string(results[0].Rows[0][0]); same != text {
				t.Errorf("QuoteLiteral(%q) = %s, which is %q with standard_conforming_strings = %s", text, quoted, same, conforming)
			}
		}
	})
}

func FuzzQuoteIdent(f *testing.F) {
	conn := startServer(f, nil).connect(f)
	for _, name := range nasty {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		name = strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "")
		if name == "" || len(name) > 63 {
			t.Skip("no name of PostgreSQL's")
		}
		results, err := conn.PgConn().Exec(context.Background(), "SELECT 1 AS "+QuoteIdent(name)).ReadAll()
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if got := results[0].FieldDescriptions[0].Name; got != name {
			t.Errorf("QuoteIdent(%q) names %q", name, got)
		}
	})
}
