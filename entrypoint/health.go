package entrypoint

import (
	"context"

	"pgreplica/entrypoint/config"
)

type Report struct{ Level int }

func (Report) String() string { return "" }

func Health(context.Context, config.Config) (string, error) { return "ok", nil }

func Status(context.Context, config.Config) (Report, error) { return Report{}, nil }
