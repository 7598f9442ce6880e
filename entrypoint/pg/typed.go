package pg

import "strings"

// A Service is the name of a server in the shipped compose files. Its methods return
// commands as a person types them in the folder of the compose file.
type Service string

const (
	Master Service = "master"
	Slave  Service = "slave"
	// All is every service of the compose file.
	All Service = ""
)

// Service is the service that the shipped compose files run in this mode.
func (m Mode) Service() Service {
	if m == Standby {
		return Slave
	}
	return Master
}

// compose is a docker compose command for the service, with words to follow.
func (s Service) compose(verb string, rest ...string) string {
	words := []string{"docker compose " + verb}
	if s != All {
		words = append(words, string(s))
	}
	return strings.Join(append(words, rest...), " ")
}

// Exec runs a command in the service's container.
func (s Service) Exec(command string) string { return s.compose("exec", command) }

// ExecAs is Exec as another user.
func (s Service) ExecAs(user, command string) string { return s.compose("exec -u "+user, command) }

// Pipe is Exec for a command that reads from a file of the host, or writes to one.
func (s Service) Pipe(command string) string { return s.compose("exec -T", command) }

// Run runs a command in a container of its own, while the service may be down.
func (s Service) Run(command string) string { return s.compose("run --rm", command) }

// RunAs is Run as another user.
func (s Service) RunAs(user, command string) string {
	return s.compose("run --rm --user "+user, command)
}

// Psql executes a statement as the superuser of the shipped compose files.
func (s Service) Psql(statement string) string {
	return s.Exec("psql -U postgres -c " + ShellWord(statement))
}

// Up starts the service, in a new container where its environment has changed.
func (s Service) Up() string { return s.compose("up -d") }

// Rebuild is Up with a new image.
func (s Service) Rebuild() string { return s.compose("up -d --build") }

// Refresh builds an image from the newest one below it.
func (s Service) Refresh() string { return s.compose("build --pull") }

// Restart starts the service again, in the same container.
func (s Service) Restart() string { return s.compose("restart") }

// Stop stops the service.
func (s Service) Stop() string { return s.compose("stop") }

// Log prints all that the service has logged.
func (s Service) Log() string { return s.compose("logs") }

// LogTail prints the last lines that the service has logged.
func (s Service) LogTail() string { return s.compose("logs --tail 20") }

// List shows which services run.
func (s Service) List() string { return s.compose("ps") }

// Copy copies a path out of the service's container.
func (s Service) Copy(path, to string) string {
	return All.compose("cp --archive", string(s)+":"+ShellWord(path), to)
}

// RemoveCommand is the shell command that removes folders.
func RemoveCommand(folders []string) string {
	words := []string{"rm -r"}
	for _, folder := range folders {
		words = append(words, ShellWord(folder))
	}
	return strings.Join(words, " ")
}

// RemoveFileCommand is the shell command that removes a file.
func RemoveFileCommand(path string) string { return "rm " + ShellWord(path) }

// ShellWord quotes text where a shell would not read it as one word as it is.
func ShellWord(text string) string {
	special := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/._-", r)
	}
	if text != "" && !strings.ContainsFunc(text, special) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
