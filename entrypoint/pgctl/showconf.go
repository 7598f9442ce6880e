package pgctl

import (
	"bytes"
	"context"
	"strings"
)

// ShowConf has postgres say what value a setting would have if it were started
// in dir with those arguments. It does not start, and takes some 40 ms.
func ShowConf(ctx context.Context, dir, name string, args []string) (string, error) {
	var out bytes.Buffer
	err := run(ctx, job{program: "postgres", args: append([]string{"-D", dir, "-C", name}, args...), stdout: &out, tell: func(string, string) {}})
	return strings.TrimSpace(out.String()), err
}
