package provision

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgreplica/entrypoint/config"
	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
)

func TestAStandbyHasAtLeastWhatItsPrimaryHas(t *testing.T) {
	const recorded = 120 // max_connections in pg_control
	for _, c := range []struct {
		title, conf string
		args        []string
		upstream    string // its max_connections; empty where it does not answer
		want        []string
		says        string
	}{
		{"as much in the file", "max_connections = 120\n", nil, "", nil, ""},
		{"more in the file", "max_connections = 300\n", nil, "200", nil, ""},
		{"less in the file", "max_connections = 90\n", nil, "", []string{"-c", "max_connections=120"}, "from=90 setting=max_connections to=120"},
		{"less by the user's argument", "max_connections = 300\n", []string{"-c", "max_connections=80"}, "",
			[]string{"-c", "max_connections=120"}, "from=80 setting=max_connections to=120"},
		{"a primary that has been raised since", "max_connections = 150\n", nil, "200", []string{"-c", "max_connections=200"}, "from=150 setting=max_connections to=200"},
		{"a primary that has been lowered since", "max_connections = 110\n", nil, "100", []string{"-c", "max_connections=120"}, "from=110 setting=max_connections to=120"},
	} {
		var said bytes.Buffer
		s := Standby{Node: &node.Node{Log: node.NewLog(&said, config.Config{LogLevel: "info"}, 1)}, Dir: t.TempDir(), Args: c.args}
		place(t, filepath.Join(s.Dir, "postgresql.conf"), c.conf)
		place(t, filepath.Join(s.Dir, "global", "pg_control"), control(recorded))
		if c.upstream != "" {
			s.Upstream = &pg.Server{Settings: pg.Settings{"max_connections": c.upstream}}
		}
		got := s.Limits(t.Context())
		if !slices.Equal(got, c.want) || !strings.Contains(said.String(), c.says) || c.says == "" && said.Len() > 0 {
			t.Errorf("%s: got %q, want %q, and said %s", c.title, got, c.want, said.String())
		}
	}
}

func place(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// control is a pg_control of 13 that records these connections, and of all else
// what a cluster has by default.
func control(connections uint32) string {
	bytes := make([]byte, 280)
	put := func(at int, values ...uint32) {
		for i, value := range values {
			binary.NativeEndian.PutUint32(bytes[at+4*i:], value)
		}
	}
	put(8, 1300)
	put(180, connections, 8, 10, 0, 64)
	return string(binary.NativeEndian.AppendUint32(bytes, crc32.Checksum(bytes, crc32.MakeTable(crc32.Castagnoli))))
}
