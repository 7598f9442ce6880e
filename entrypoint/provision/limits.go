package provision

import (
	"context"
	"fmt"
	"strconv"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// Limits returns the arguments that raise a standby's max_connections and its like
// to what the primary has. PostgreSQL lets no standby have less: as soon as the
// primary has more, 13 ends, and later versions stop to replay. The arguments
// belong behind all others, where they win over a user's lower -c.
func (s Standby) Limits(ctx context.Context) (args []string) {
	short, err := s.shortages(ctx)
	if err != nil {
		s.Node.Log.Warn().Err(err).Msg("could not compare max_connections and its like with the primary's")
		return nil
	}
	for _, limit := range short {
		args = append(args, "-c", limit.Name+"="+strconv.Itoa(limit.Needs))
		s.Node.Log.Info().Str("setting", limit.Name).Int("from", limit.Has).Int("to", limit.Needs).
			Msg("raised a setting to what the primary has: a standby cannot do with less")
	}
	return args
}

// shortages are the limits that this standby's configuration sets too low. The
// primary's are in pg_control as they were last replayed here; the primary may
// have raised them since, which its answer shows.
func (s Standby) shortages(ctx context.Context) ([]pg.Shortage, error) {
	needs, err := pgdata.RequiredLimits(s.Dir)
	if err != nil {
		return nil, err
	}
	if s.Upstream != nil {
		needs = needs.Most(shownLimits(s.Upstream.Settings))
	}
	has, sure := pgconf.ConfiguredLimits(s.Dir, s.Args)
	if !sure {
		if has, err = s.askLimits(ctx); err != nil {
			return nil, err
		}
	}
	return has.Below(needs), nil
}

// shownLimits are the limits among settings that a server has shown.
func shownLimits(settings pg.Settings) pg.Limits {
	limits := pg.Limits{}
	for _, name := range pg.LimitNames {
		if value, known := settings.Number(name); known {
			limits[name] = value
		}
	}
	return limits
}

// askLimits has postgres read a configuration that pgconf may read differently.
func (s Standby) askLimits(ctx context.Context) (pg.Limits, error) {
	limits := pg.Limits{}
	for _, name := range pg.LimitNames {
		shown, err := pgctl.ShowConf(ctx, s.Dir, name, s.Args)
		if err != nil {
			return nil, err
		}
		if limits[name], err = strconv.Atoi(shown); err != nil {
			return nil, fmt.Errorf("postgres -C %s: %w", name, err)
		}
	}
	return limits, nil
}
