package config

import (
	"fmt"
	"io"
)

// A Secret is a text that prints as [secret], whatever prints it. It holds a
// pointer because fmt prints an unexported field of another struct without
// asking its methods: of a pointer it shows the address alone.
type Secret struct{ text *string }

const hidden = "[secret]"

// Decode takes the text. It never fails: an error of envconfig would print it.
func (s *Secret) Decode(text string) error {
	s.text = &text
	return nil
}

// Reveal returns the text. Call it where the text leaves us: for a connection
// or a password file.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet reports whether there is a text.
func (s Secret) IsSet() bool { return s.Reveal() != "" }

// Format prints [secret] for every verb.
func (Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, hidden) }

func (Secret) String() string { return hidden }

// MarshalText prints [secret] into JSON and every other encoding.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
