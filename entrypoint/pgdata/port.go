package pgdata

import "strconv"

// ConfiguredPort is the port that a server with these arguments and files will
// listen on, as far as they say; the arguments win, then the last file. A file
// that is not there says nothing.
func ConfiguredPort(args []string, files ...string) uint16 {
	var all []given
	for _, file := range files {
		all = append(all, confSettings(file)...)
	}
	port := uint16(5432)
	for _, s := range append(all, argSettings(args)...) {
		if number, err := strconv.ParseUint(s.value, 10, 16); s.name == "port" && err == nil {
			port = uint16(number)
		}
	}
	return port
}
