package pgdata

import (
	"os"
	"strconv"
	"strings"
)

// ConfiguredPort is the port that a server with these files will listen on, as
// far as they say; the last one wins. A file that is not there says nothing.
func ConfiguredPort(files ...string) uint16 {
	port := uint16(5432)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			name, value := setting(line)
			if number, err := strconv.ParseUint(unquoted(value), 10, 16); name == "port" && err == nil {
				port = uint16(number)
			}
		}
	}
	return port
}
