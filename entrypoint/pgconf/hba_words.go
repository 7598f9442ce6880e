package pgconf

import "strings"

// An hbaWord is a word of pg_hba.conf without its quotes. Whether it had quotes
// matters: all is everything, "all" is a name.
type hbaWord struct {
	text   string
	quoted bool
}

// hbaFields splits a line as hba.c does: a field ends at a blank, its words
// at commas, and a comment ends the line.
func hbaFields(line string) [][]hbaWord {
	fields, _ := splitHBA(line)
	return fields
}

// splitHBA also says whether a quote is left open, in which case the rest of
// the line is one word.
func splitHBA(line string) (fields [][]hbaWord, open bool) {
	line = strings.TrimRight(line, "\r\n")
	for more := false; ; {
		scan := hbaScan{rest: line}
		if !scan.word() {
			return fields, open
		}
		word := hbaWord{scan.text.String(), scan.quoted}
		if more {
			fields[len(fields)-1] = append(fields[len(fields)-1], word)
		} else {
			fields = append(fields, []hbaWord{word})
		}
		more, line, open = scan.comma, scan.rest, open || scan.open
	}
}

// An hbaScan takes one word off a line.
type hbaScan struct {
	rest   string
	text   strings.Builder
	quoted bool // it begins with a quote
	open   bool // a quote does not end
	comma  bool // another word of the same field follows
}

const hbaBlanks = " \t\r"

// word takes the next word, and returns false where there is none.
func (s *hbaScan) word() bool {
	s.rest = strings.TrimLeft(s.rest, hbaBlanks+",")
	found, twice := false, false
	for i := 0; i < len(s.rest); i++ {
		c := s.rest[i]
		switch {
		case s.open:
		case strings.IndexByte(hbaBlanks, c) >= 0:
			return s.end(i, found)
		case c == '#':
			return s.end(len(s.rest), found)
		case c == ',':
			s.comma = true
			return s.end(i+1, found)
		}
		if c != '"' {
			s.text.WriteByte(c)
			twice = false
			continue
		}
		if twice { // "" within quotes is one quote
			s.text.WriteByte(c)
		}
		twice = s.open && !twice
		s.open, found = !s.open, true
		s.quoted = s.quoted || s.text.Len() == 0
	}
	return s.end(len(s.rest), found)
}

// end ends the word before s.rest[at] and returns whether there is one; found
// says that it had quotes, so that "" is a word.
func (s *hbaScan) end(at int, found bool) bool {
	s.rest = s.rest[at:]
	return found || s.text.Len() > 0
}
