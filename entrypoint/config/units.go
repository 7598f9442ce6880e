package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Bool reads on and off as PostgreSQL does.
type Bool bool

// Decode reads on, yes, true, 1 and off, no, false, 0.
func (b *Bool) Decode(text string) error {
	switch strings.ToLower(text) {
	case "on", "yes", "true", "1":
		*b = true
	case "off", "no", "false", "0":
		*b = false
	default:
		return fmt.Errorf("%q is neither on nor off", text)
	}
	return nil
}

// A Duration reads a length of time as PostgreSQL does: 30s, 5min, 2 d. A bare
// number is of seconds. It reads what Go reads (1m30s) as well.
type Duration time.Duration

func (d Duration) String() string { return time.Duration(d).String() }

// Decode reads a duration, which is never negative.
func (d *Duration) Decode(text string) error {
	wrong := fmt.Errorf("%q is not a length of time", text)
	if long, err := time.ParseDuration(strings.ReplaceAll(text, " ", "")); err == nil {
		if long < 0 {
			return wrong
		}
		*d = Duration(long)
		return nil
	}
	number, unit := text, time.Second
	if days, ok := strings.CutSuffix(text, "d"); ok {
		number, unit = days, 24*time.Hour
	} else if minutes, ok := strings.CutSuffix(text, "min"); ok {
		number, unit = minutes, time.Minute
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	long := n * float64(unit)
	if err != nil || !(long >= 0 && long < math.MaxInt64) {
		return wrong
	}
	*d = Duration(long)
	return nil
}
