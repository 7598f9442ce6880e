//go:build integration && bench

package integration

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A bench compares the shipped images with their peers. In every round each
// takes its turn, so that all of them meet the same noise.
type bench struct {
	t        *testing.T
	rounds   int
	network  string
	folder   string // the helper programs, and the official script where it is at hand
	official bool
	rows     []row
	notes    []string
}

// A row is a line of the table: medians of ours and of a peer's.
type row struct {
	what, peer  string
	ours, peers []time.Duration
	limit       float64 // of the ratio; 0 is none
}

const label = "pgreplica.bench"

// TestBench prints a table of ratios. BENCH_N is the number of rounds,
// OFFICIAL_ENTRYPOINT the path of the official image's script. A missed target
// is shown and fails nothing: the table is to be read by a person.
func TestBench(t *testing.T) {
	b := newBench(t)
	before := load()
	b.starts()
	b.firstStarts()
	b.clones()
	b.setAsides()
	b.looks()
	b.sizes()
	fmt.Printf("\nMedians of %d rounds, interleaved, of three times as many for start to exec. Load average %s before, %s after, %s. Image store: %s.\n\n",
		b.rounds, before, load(), machine(), b.do("info", "--format", "{{.Driver}}"))
	b.print()
}

func newBench(t *testing.T) *bench {
	t.Helper()
	rounds, err := strconv.Atoi(cmp.Or(os.Getenv("BENCH_N"), "7"))
	if err != nil || rounds < 1 {
		t.Fatalf("BENCH_N is %q, not a number of rounds", os.Getenv("BENCH_N"))
	}
	b := &bench{t: t, rounds: rounds, network: "bench-" + run, folder: t.TempDir()}
	t.Cleanup(b.remove)
	b.do("network", "create", "--label", label+"="+run, b.network)
	for _, program := range []string{"stopwatch", "bare"} {
		b.build(program, program)
	}
	b.build("bare", "postgres")
	if script := os.Getenv("OFFICIAL_ENTRYPOINT"); script != "" {
		if !filepath.IsAbs(script) {
			script = filepath.Join("..", script)
		}
		text, err := os.ReadFile(script)
		if err == nil {
			err = os.WriteFile(filepath.Join(b.folder, "official.sh"), text, 0o755)
		}
		if err != nil {
			t.Fatalf("OFFICIAL_ENTRYPOINT: %v", err)
		}
		b.official = true
	}
	return b
}

func (b *bench) build(program, as string) {
	b.t.Helper()
	command := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(b.folder, as), "./bench/"+program)
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if said, err := output(command); err != nil {
		b.t.Fatalf("build %s: %v\n%s", program, err, said)
	}
}

// remove takes away whatever a bench has left, by its label.
func (b *bench) remove() {
	for _, of := range []struct{ list, remove string }{
		{"ps --all", "rm --force --volumes"}, {"volume ls", "volume rm"}, {"network ls", "network rm"},
	} {
		found, _ := docker(append(strings.Fields(of.list), "--quiet", "--filter", "label="+label+"="+run)...)
		if found == "" {
			continue
		}
		if said, err := docker(append(strings.Fields(of.remove), strings.Fields(found)...)...); err != nil {
			b.t.Errorf("docker %s: %v\n%s", of.remove, err, said)
		}
	}
}

func (b *bench) do(args ...string) string {
	b.t.Helper()
	said, err := docker(args...)
	if err != nil {
		b.t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return said
}

// begin is docker run in the background on the network of the bench.
func (b *bench) begin(args ...string) Container {
	b.t.Helper()
	common := []string{"run", "--detach", "--no-healthcheck", "--label", label + "=" + run, "--network", b.network}
	return Container{b.t, b.do(append(common, args...)...)}
}

func (b *bench) end(c Container) { b.do("rm", "--force", "--volumes", c.ID) }

// volume makes an empty volume and returns how docker run mounts it where the
// image keeps its data.
func (b *bench) volume(name string) string {
	b.t.Helper()
	name = b.network + "-" + name
	b.do("volume", "create", "--label", label+"="+run, name)
	return name + ":" + cmp.Or(os.Getenv("PG_VOLUME"), "/var/lib/postgresql/data")
}

// primary starts a primary of ours that can be followed, and waits for it.
func (b *bench) primary(args ...string) Container {
	b.t.Helper()
	c := b.begin(append(append([]string{"--publish", "127.0.0.1::5432"}, primarySettings...), args...)...)
	b.ready(c)
	return c
}

var primarySettings = []string{"--env", "POSTGRES_PASSWORD=bench-1", "--env", "REPLICATION_PASSWORD=bench-2"}

// ready waits until the server of a container answers on TCP, which a refusal
// does as well. The container publishes its port.
func (b *bench) ready(c Container) {
	b.t.Helper()
	address := b.address(c)
	b.until(c, "the server answers", func(ctx context.Context) bool {
		conn, err := pgconn.Connect(ctx, address)
		if err == nil {
			return conn.Close(ctx) == nil
		}
		refused, ok := errors.AsType[*pgconn.PgError](err)
		return ok && refused.Code != "57P03" // the database system is starting up
	})
}

func (b *bench) address(c Container) string {
	b.t.Helper()
	return "postgres://postgres:bench-1@" + b.do("port", c.ID, "5432/tcp") + "/postgres?sslmode=disable"
}

// connect opens a session on a server of ours.
func (b *bench) connect(c Container) *pgx.Conn {
	b.t.Helper()
	conn, err := pgx.Connect(b.t.Context(), b.address(c))
	if err != nil {
		b.t.Fatal(err)
	}
	return conn
}

// until waits for a condition, and looks every few milliseconds.
func (b *bench) until(c Container, what string, condition func(context.Context) bool) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 2*time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		if condition(ctx) {
			return
		}
		time.Sleep(3 * time.Millisecond)
	}
	b.t.Fatalf("waited in vain until %s:\n%s", what, c.Logs())
}

func (b *bench) add(r row) { b.rows = append(b.rows, r) }

func (b *bench) note(format string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

func (b *bench) print() {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "what\tours\tpeer's\tratio\ttarget\t\tpeer")
	for _, r := range b.rows {
		ours, peers := median(r.ours), median(r.peers)
		ratio := float64(ours) / float64(peers)
		verdict, target := "", ""
		if r.limit > 0 {
			verdict, target = "met", fmt.Sprintf("<= %.2f", r.limit)
			if ratio > r.limit {
				verdict = "MISSED"
			}
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%.2f\t%s\t%s\t%s\n", r.what, spread(r.ours), spread(r.peers), ratio, target, verdict, r.peer)
	}
	table.Flush()
	fmt.Println()
	for _, note := range b.notes {
		fmt.Println(note)
	}
}

func median(samples []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(samples))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// spread is a median with the smallest and the largest sample, in milliseconds.
func spread(samples []time.Duration) string {
	show := func(d time.Duration) string {
		ms := float64(d) / float64(time.Millisecond)
		if ms < 100 {
			return strconv.FormatFloat(ms, 'f', 1, 64)
		}
		return strconv.FormatFloat(ms, 'f', 0, 64)
	}
	return fmt.Sprintf("%s ms (%s-%s)", show(median(samples)), show(slices.Min(samples)), show(slices.Max(samples)))
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(text))[0]
}

func machine() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	model := "unknown processor"
	for line := range strings.Lines(string(text)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
		}
	}
	return fmt.Sprintf("%d × %s", strings.Count("\n"+string(text), "\nprocessor"), model)
}

// sizes notes what the image adds to the one that it is made from.
func (b *bench) sizes() {
	b.t.Helper()
	bytes := func(image string) float64 {
		size, err := strconv.ParseFloat(b.do("image", "inspect", "--format", "{{.Size}}", image), 64)
		if err != nil {
			b.t.Fatal(err)
		}
		return size
	}
	b.note("The image adds %.1f MB to %s (target 15 MB).", (bytes(image("master"))-bytes(baseImage()))/1e6, baseImage())
}
