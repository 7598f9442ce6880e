package entrypoint

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgconf"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
)

// raise gives a standby's postgres as much as its primary has of what it may
// not have less of: max_connections and its like. Without it 13 ends, and later
// versions stop to replay, as soon as the primary has more. Ours stand last
// among the arguments, where they win over a user's lower -c too.
func (n *Node) raise(ctx context.Context) {
	short, err := n.shortages(ctx)
	if err != nil {
		n.log.Warn().Err(err).Msg("could not compare max_connections and its like with the primary's")
		return
	}
	n.args = slices.Clip(n.args)
	for _, limit := range short {
		n.args = append(n.args, "-c", limit.Name+"="+strconv.Itoa(limit.Needs))
		n.log.Info().Str("setting", limit.Name).Int("from", limit.Has).Int("to", limit.Needs).
			Msg("raised a setting to what the primary has: a standby cannot do with less")
	}
}

// shortages are the limits that this standby's configuration sets too low. The
// primary may have raised them since its last word on them was replayed here.
func (n *Node) shortages(ctx context.Context) ([]pg.Shortage, error) {
	needs, err := pgdata.RequiredLimits(n.layout.Dir)
	if err != nil {
		return nil, err
	}
	if n.upstream != nil {
		needs = needs.Most(shownLimits(n.upstream.Settings))
	}
	has, sure := pgconf.ConfiguredLimits(n.layout.Dir, n.args)
	if !sure {
		if has, err = n.askLimits(ctx); err != nil {
			return nil, err
		}
	}
	return has.Below(needs), nil
}

func shownLimits(settings pg.Settings) pg.Limits {
	limits := pg.Limits{}
	for _, name := range pg.LimitNames {
		if value, known := settings.Number(name); known {
			limits[name] = value
		}
	}
	return limits
}

// askLimits has postgres read a configuration that we are not sure to read as
// it does.
func (n *Node) askLimits(ctx context.Context) (pg.Limits, error) {
	limits := pg.Limits{}
	for _, name := range pg.LimitNames {
		shown, err := pgctl.ShowConf(ctx, n.layout.Dir, name, n.args)
		if err != nil {
			return nil, err
		}
		if limits[name], err = strconv.Atoi(shown); err != nil {
			return nil, fmt.Errorf("postgres -C %s: %w", name, err)
		}
	}
	return limits, nil
}
