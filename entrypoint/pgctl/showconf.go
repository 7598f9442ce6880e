package pgctl

import (
	"bytes"
	"context"
	"strings"
)

// ShowConf has postgres -C print the value that a setting would have in a
// server started in dir with these arguments. No server is started; it takes
// some 40 ms.
func ShowConf(ctx context.Context, dir, name string, args []string) (string, error) {
	var out bytes.Buffer
	err := run(ctx, job{program: "postgres", args: append([]string{"-D", dir, "-C", name}, args...), stdout: &out, onLine: func(string, string) {}})
	return strings.TrimSpace(out.String()), err
}
