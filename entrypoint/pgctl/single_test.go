package pgctl

import (
	"context"
	"strings"
	"testing"
)

func TestAFailedStatementFailsTheRun(t *testing.T) {
	fake(t, "statement")
	err := Single(context.Background(), "/data", []string{"CREATE ROLE x"}, silent)
	if err == nil || !strings.Contains(err.Error(), `role "x" already exists`) {
		t.Errorf("got %v", err)
	}
}
