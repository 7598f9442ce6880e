package pgctl

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheMarkSaysHowFarTheInitScriptsCame(t *testing.T) {
	for name, test := range map[string]struct{ last, mark string }{
		"all have run":       {"echo done", "through"},
		"the last one fails": {"false", "running DIR/2.sh"},
		"the last one exits": {"exit 0", "running DIR/2.sh"},
		"it sets our names":  {"mark=/dev/null finished= dir=/ f=", "through"},
	} {
		dir := t.TempDir()
		write := func(file, text string) string {
			path := filepath.Join(dir, file)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		write("1.sh", "true")
		write("2.sh", test.last)
		skip := write("0.sh", "false")
		mark := filepath.Join(t.TempDir(), "mark")
		err := InitScripts{Dir: dir, Skip: []string{skip}, Mark: mark, Finished: "through", Env: os.Environ()}.Run(context.Background())
		if failed := test.last == "false"; (err != nil) != failed {
			t.Errorf("%s: got error %v", name, err)
		}
		want := fmt.Sprintf("%d\n%s\n", os.Getpid(), strings.ReplaceAll(test.mark, "DIR", dir))
		if got, err := os.ReadFile(mark); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
}
