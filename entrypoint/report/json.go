package report

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
)

// reportFormat is the version of the object that JSON prints. Within a version names
// are only added: none is removed, and none changes its meaning.
const reportFormat = 1

// JSON prints a report for programs: bytes as integers, times as RFC 3339,
// durations in seconds, and null for what is unknown. Without an indent it is
// one line.
func (r Report) JSON(indent string) (string, error) {
	out := reportObject{
		Version: reportFormat, Time: r.At.Format(time.RFC3339), Level: lower(r.Level), Summary: r.Summary, This: orNull(r.This, ""),
		PostgreSQL: orNull(r.Version, ""), System: orNull(r.System.String(), "0"),
		Nodes: []nodeObject{}, Slots: []slotObject{}, Problems: []problemObject{}, Aside: []asideObject{},
	}
	for _, n := range r.Nodes {
		out.Nodes = append(out.Nodes, n.object())
	}
	for _, s := range r.Slots {
		out.Slots = append(out.Slots, s.object())
	}
	for _, p := range r.Problems {
		out.Problems = append(out.Problems, problemObject{p.ID, lower(p.Level), p.Text, p.Fix})
	}
	for _, old := range r.Aside {
		out.Aside = append(out.Aside, asideObject{old.Path, old.Bytes, !old.Whole, old.Fix})
	}
	return encodeJSON(out, indent)
}

// encodeJSON prints & as it is, because commands to type have it.
func encodeJSON(value any, indent string) (string, error) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	err := encoder.Encode(value)
	return text.String(), err
}

type reportObject struct {
	Version    int             `json:"version"`
	Time       string          `json:"time"`
	Level      string          `json:"level"`
	Summary    string          `json:"summary"`
	This       *string         `json:"this"`
	PostgreSQL *string         `json:"postgresql"`
	System     *string         `json:"system_identifier"`
	Nodes      []nodeObject    `json:"nodes"`
	Slots      []slotObject    `json:"slots"`
	Problems   []problemObject `json:"problems"`
	Aside      []asideObject   `json:"set_aside"`
}

type nodeObject struct {
	Name      string   `json:"name"`
	This      bool     `json:"this"`
	Role      *string  `json:"role"`
	Expected  *string  `json:"expected_role"`
	State     string   `json:"state"`
	Level     string   `json:"level"`
	Timeline  *int64   `json:"timeline"`
	LSN       *string  `json:"lsn"`
	Behind    *int64   `json:"behind_bytes"`
	AtLeast   *int64   `json:"behind_at_least_bytes"`
	Unsent    *int64   `json:"unsent_bytes"`
	Unflushed *int64   `json:"unflushed_bytes"`
	Unapplied *int64   `json:"unapplied_bytes"`
	Delay     *float64 `json:"delay_seconds"`
	HeldBack  *float64 `json:"apply_delay_seconds"`
	Heard     *float64 `json:"heard_seconds"`
	SyncState *string  `json:"sync_state"`
	Address   *string  `json:"address"`
}

func (n NodeRow) object() nodeObject {
	timeline := int64(n.Timeline)
	if timeline == 0 {
		timeline = -1
	}
	return nodeObject{
		Name: n.Name, This: n.This, Role: orNull(string(n.Role), ""), Expected: orNull(string(n.Expected), ""), State: n.State, Level: lower(n.Trouble),
		Timeline: bytesOrNull(timeline), LSN: orNull(n.LSN.String(), "0/0"), Behind: bytesOrNull(n.Behind), AtLeast: bytesOrNull(n.AtLeast),
		Unsent: bytesOrNull(n.Unsent), Unflushed: bytesOrNull(n.Unflushed), Unapplied: bytesOrNull(n.Unapplied),
		Delay: secondsOrNull(n.Delay), HeldBack: secondsOrNull(cmp.Or(n.HeldBack, -1)), Heard: secondsOrNull(n.Heard), SyncState: orNull(n.SyncState, ""), Address: orNull(n.Address, ""),
	}
}

type slotObject struct {
	Name     string     `json:"name"`
	Active   *bool      `json:"active"`
	UsedBy   *string    `json:"used_by"`
	Level    string     `json:"level"`
	Kept     *int64     `json:"wal_kept_bytes"`
	Limit    *int64     `json:"limit_bytes"`
	Left     *int64     `json:"left_bytes"`
	State    *string    `json:"state"`
	Inactive *time.Time `json:"inactive_since"`
}

func (s SlotRow) object() slotObject {
	limit := s.Limit
	if limit <= 0 {
		limit = -1
	}
	object := slotObject{Name: s.Name, UsedBy: orNull(s.UsedBy, ""), Level: lower(s.Trouble),
		Kept: bytesOrNull(s.Kept), Limit: bytesOrNull(limit), Left: bytesOrNull(s.Left), State: orNull(s.WALStatus, "")}
	if s.Active || !s.Remote {
		object.Active = &s.Active
	}
	if since := s.InactiveSince.UTC(); !since.IsZero() {
		object.Inactive = &since
	}
	return object
}

type problemObject struct {
	ID      string `json:"id"`
	Level   string `json:"level"`
	Message string `json:"message"`
	Fix     string `json:"fix"`
}

type asideObject struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
	More  bool   `json:"at_least"` // Bytes was not counted to the end
	Fix   string `json:"fix"`
}

// orNull is text, or null where it is the text of what is unknown.
func orNull(text, unknown string) *string {
	if text == unknown {
		return nil
	}
	return &text
}

// bytesOrNull is a number, or null where it is below zero, which is unknown.
func bytesOrNull(n int64) *int64 {
	if n < 0 {
		return nil
	}
	return &n
}

// secondsOrNull is a time in seconds, or null where it is below zero, which is
// unknown.
func secondsOrNull(d time.Duration) *float64 {
	if d < 0 {
		return nil
	}
	seconds := d.Round(time.Millisecond).Seconds()
	return &seconds
}
