package config

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgreplica/integration/golden"
)

// compose is where the shipped compose files are.
const compose = "../../compose"

// onlyComposes are the variables that the compose files read for themselves.
var onlyComposes = []Setting{
	{Name: "POSTGRES_PORT", Meaning: "port, or address:port, of this host that leads to the server"},
	{Name: "VOLUME_NAME", Meaning: "folder, or named volume, that holds the standby's data"},
	{Name: "NETWORK_NAME", Meaning: "docker network of the server, for other containers to join"},
	{Name: "CONTAINER_RESTART", Meaning: "what docker does when the server ends; unless-stopped leaves a server down that was stopped on purpose, always does not"},
	{Name: "PG_MAJOR", Meaning: "PostgreSQL's major version: that of the image postgres:13, which ours are built on"},
	{Name: "PG_VOLUME", Meaning: "where the volume is mounted; a volume of the official image has, from 18 on, /var/lib/postgresql"},
	{Name: "PG_DATA", Meaning: "where on the volume the data lies; a volume of the official image has, from 18 on, /var/lib/postgresql/18/docker"},
	{Name: "PGREPLICA_TAG", Meaning: "tag of the images, that of PG_MAJOR where it is not given"},
	{Name: "COMPOSE_PROJECT_NAME", Meaning: "name that compose gives to the containers, the network and the volumes; a second pair on one host needs another"},
}

// A composeFile is what a shipped compose file interpolates.
type composeFile struct {
	folder   string            // "", master or slave
	defaults map[string]string // of each variable; "" without one
	required []string
}

func readCompose(t *testing.T, folder string) composeFile {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(compose, folder, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	file := composeFile{folder: folder, defaults: map[string]string{}}
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			file.interpolate(line)
		}
	}
	file.defaults["COMPOSE_PROJECT_NAME"] = regexp.MustCompile(`(?m)^name: (.*)`).FindStringSubmatch(string(text))[1]
	return file
}

// interpolate notes the variables of a text, and returns it as compose would
// read it without an .env.
func (f *composeFile) interpolate(text string) string {
	for {
		at := strings.LastIndex(text, "${") // the innermost of its nest
		if at < 0 {
			return text
		}
		inside, rest, _ := strings.Cut(text[at+2:], "}")
		name, value, _ := strings.Cut(inside, ":")
		switch how, value := (value + " ")[:1], strings.TrimPrefix(value, "-"); how {
		case "?":
			f.required = append(f.required, name)
			fallthrough
		case "+":
			f.defaults[name] = cmp.Or(f.defaults[name], "")
			text = text[:at] + rest
		default:
			f.defaults[name] = cmp.Or(f.defaults[name], value)
			text = text[:at] + value + rest
		}
	}
}

// settings are the variables of the file in the order of the manual, those that
// it cannot do without first.
func (f composeFile) settings(t *testing.T) []Setting {
	t.Helper()
	var all []Setting
	for _, s := range Settings() {
		if !slices.ContainsFunc(onlyComposes, func(o Setting) bool { return o.Name == s.Name }) {
			all = append(all, s)
		}
		for _, alias := range s.Aliases {
			all = append(all, Setting{Name: alias, Meaning: "another name of " + s.Name})
		}
	}
	all = append(all, onlyComposes...)
	for name := range f.defaults {
		if !slices.ContainsFunc(all, func(s Setting) bool { return s.Name == name }) {
			t.Errorf("%s/compose.yaml reads %s, which is described nowhere", f.folder, name)
		}
	}
	all = slices.DeleteFunc(all, func(s Setting) bool { _, read := f.defaults[s.Name]; return !read })
	slices.SortStableFunc(all, func(a, b Setting) int {
		return cmp.Compare(slices.Index(f.required, b.Name), slices.Index(f.required, a.Name))
	})
	return all
}

// inWords is the meaning of a variable as sentences.
func inWords(s Setting) string {
	text := s.Meaning
	if len(s.Values) > 0 {
		text += " (" + orList(s.Values) + ")"
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// heads begin the .env.example files.
var heads = map[string]string{
	"": `# Settings of the pair on one host. Copy this file to .env and take the # from what you change; nothing here is required.
`,
	"master": `# Settings of the primary. Copy this file to .env, set REPLICATION_PASSWORD, and take the # from whatever else you change.
`,
	"slave": `# Settings of the standby. Copy this file to .env, set the first two, and take the # from whatever else you change.
`,
}

const afterHeads = `# Put a value that holds $ or # in single quotes. docs/configuration.md says more of each variable.
`

// more is what only a person with compose files needs to know.
func (f composeFile) more(name string) []string {
	if name == "POSTGRES_PASSWORD" && f.folder != "slave" {
		return []string{"Here it is random when it is not given; this prints it:", "    docker compose exec master cat /run/pgreplica-secrets/postgres_password"}
	}
	return map[string][]string{
		"/REPLICATION_PASSWORD":    {"Here it is random when it is not given."},
		"master/REPLICATION_ALLOW": {"Say who, such as 10.0.0.12"},
		"/PEERS":                   {"With PEERS=none a new master is made all the same."},
		"master/PEERS":             {"Name each slave here once it is there, such as 10.0.0.12:5534: a master whose disk was lost then makes no new cluster", "beside the only copy."},
		"master/MASTER_SERVER":     {"Here that is the slave's host, where this server is to follow it after a change of roles."},
		"master/MASTER_PORT":       {"Here that is the port that the slave's host publishes."},
		"slave/POSTGRES_PASSWORD":  {"It counts once this server is the primary; write what the master has."},
		"slave/REPLICATION_ALLOW":  {"It counts once this server is the primary. Say who, such as 10.0.0.11"},
		"slave/MASTER_SERVER":      {"Here that is the master's host, as this host reaches it."},
		"slave/MASTER_PORT":        {"Here that is the port that the master's host publishes."},
		"slave/MASTER_SLOT":        {"The next standby of the same master has replication_slot_2."},
		"slave/MASTER_SSLMODE":     {"Mount the files that the next three name."},
	}[f.folder+"/"+name]
}

// example is the .env.example beside the file.
func (f composeFile) example(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	out.WriteString(heads[f.folder] + afterHeads)
	for _, s := range f.settings(t) {
		out.WriteString("\n")
		writeComment(&out, inWords(s))
		for _, line := range f.more(s.Name) {
			out.WriteString("# " + line + "\n")
		}
		if !slices.Contains(f.required, s.Name) {
			out.WriteString("#")
		}
		out.WriteString(s.Name + "=" + f.valueOf(s) + "\n")
	}
	return out.String()
}

// valueOf is what a variable has in this file when it is not given.
func (f composeFile) valueOf(s Setting) string {
	if s.Secret {
		return "''"
	}
	return cmp.Or(f.defaults[s.Name], s.Literal)
}

func writeComment(out *strings.Builder, text string) {
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > 120 {
			out.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	out.WriteString(line + "\n")
}

func TestTheDocumentsBesideTheComposeFiles(t *testing.T) {
	for _, folder := range []string{"", "master", "slave"} {
		golden.Compare(t, filepath.Join(compose, folder, ".env.example"), readCompose(t, folder).example(t))
	}
}

// TestAChangeOfRolesFindsAllItsVariables holds the folders of one server to passing on
// the same variables: each server may get the other's role.
func TestAChangeOfRolesFindsAllItsVariables(t *testing.T) {
	master, slave, pair := readCompose(t, "master").defaults, readCompose(t, "slave").defaults, readCompose(t, "").passes(t, "slave")
	for _, s := range Settings() {
		_, there := master[s.Name]
		_, here := slave[s.Name]
		if there != here {
			t.Errorf("%s: compose/master passes it on: %v, compose/slave: %v", s.Name, there, here)
		}
		if s.Mode == "primary" && there && !slices.Contains(pair, s.Name) && !slices.Contains(pair, s.Name+"_FILE") {
			t.Errorf("%s: the slave of compose.yaml does not get it", s.Name)
		}
	}
}

// TestANameThatNobodyPassesOnIsNoticed has make up's check read an .env.
func TestANameThatNobodyPassesOnIsNoticed(t *testing.T) {
	for folder, wrong := range map[string]string{"": "MASTER_SERVER", "master": "VOLUME_NAME", "slave": "PGDATA"} { // others' or the container's own
		dir := t.TempDir()
		for _, name := range []string{"compose.yaml", ".env.example"} {
			text, err := os.ReadFile(filepath.Join(compose, folder, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		env := "# APPLY_DELTA=1\nAPPLY_DELAY=1h\n export PG_MAJOR=13\nCOMPOSE_PROJECT_NAME=x\nAPPLY_DELEY=1h\nAPP_USERS='a=b'\n" + wrong + "=x\n"
		if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(env), 0o600); err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command("../../integration/unread.sh", dir).CombinedOutput()
		var names []string
		for _, found := range regexp.MustCompile(`nobody reads (\w+)\.`).FindAllStringSubmatch(string(said), -1) {
			names = append(names, found[1])
		}
		if want := []string{"APPLY_DELEY", "APP_USERS", wrong}; err != nil || !slices.Equal(names, want) || !strings.Contains(string(said), "There are: APPLY_DELAY.") && !strings.Contains(string(said), "APP_USER, APP_PASSWORD") {
			t.Errorf("compose/%s: %v, want %q\n%s", folder, err, want, said)
		}
	}
}

// passes are the variables that a service of the file has in its environment, those
// of x-settings included.
func (f composeFile) passes(t *testing.T, service string) (names []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(compose, f.folder, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, settings, _ := strings.Cut(string(text), "x-settings:")
	settings, _, _ = strings.Cut(settings, "\nservices:")
	_, own, _ := strings.Cut(string(text), "\n  "+service+":\n")
	own, _, _ = strings.Cut(own, "\n    volumes:")
	for _, found := range regexp.MustCompile(`(?m)^ +([A-Z_]+): `).FindAllStringSubmatch(settings+"\n"+own, -1) {
		names = append(names, found[1])
	}
	return names
}

func TestEachSettingOfTheEnvExamplesIsAccepted(t *testing.T) {
	for folder, mode := range map[string][]string{"": standby, "master": primary, "slave": standby} {
		text, err := os.ReadFile(filepath.Join(compose, folder, ".env.example"))
		if err != nil {
			t.Fatal(err)
		}
		environ := slices.Clone(mode)
		for line := range strings.Lines(string(text)) {
			if name, value, found := strings.Cut(strings.Trim(line, "#\n"), "="); found && value != "" && value != "''" && name == strings.ToUpper(name) {
				environ = append(environ, name+"="+value)
			}
		}
		if _, warnings, err := Load(environ); err != nil || len(warnings) > 0 {
			t.Errorf("compose/%s/.env.example: %v, %v", folder, err, warnings)
		}
	}
}

func TestEveryServiceHasItsLogRotated(t *testing.T) {
	var files []string
	for _, pattern := range []string{"*.yaml", "*/compose.yaml", "examples/*/*.yaml"} {
		found, _ := filepath.Glob(filepath.Join(compose, pattern))
		files = append(files, found...)
	}
	if len(files) != 8 {
		t.Errorf("there are %d compose files, want 8: %v", len(files), files)
	}
	block := regexp.MustCompile(`(?m)^  [a-z0-9]+:\n(    .*\n| *#.*\n|\n)+`)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		head, services, _ := strings.Cut(string(text), "\nservices:\n")
		if !strings.Contains(head, "x-logging: &logging\n  driver: json-file\n  options: {max-size: 10m, max-file: \"5\"}") {
			t.Errorf("%s has no rotation of logs", name)
		}
		inherited := strings.Contains(head, "x-node: &node\n") && strings.Contains(head, "\n  logging: *logging\n")
		services = regexp.MustCompile(`(?m)^\S`).Split(strings.ReplaceAll(services, "\n#", "\n    #"), 2)[0]
		found := block.FindAllString(services, -1)
		for _, service := range found {
			node := strings.Contains(service, "\n    <<: *node\n") || strings.Contains(service, "\n    <<: *standby\n")
			if !strings.Contains(service, "\n    logging: *logging\n") && !(node && inherited) {
				t.Errorf("%s: the log of a service grows without end:\n%s", name, service)
			}
		}
		if len(found) < 2 {
			t.Errorf("%s: %d services found", name, len(found))
		}
	}
}
