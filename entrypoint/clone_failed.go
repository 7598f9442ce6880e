package entrypoint

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"pgreplica/entrypoint/node"
	"pgreplica/entrypoint/pg"
	"pgreplica/entrypoint/pgctl"
	"pgreplica/entrypoint/pgdata"
	"pgreplica/entrypoint/pgsql"
)

// noteCopy explains why a copy, begun then, has failed. Where another would fail in
// the same way until somebody mends its server, it notes that on the volume, so that
// the next one waits.
func noteCopy(n *node.Node, began time.Time, err error) error {
	again := failsAgain(n, err)
	if again == nil {
		return err
	}
	before, _ := pgdata.ReadFailedCopy(n.Volume, n.UpstreamAddress())
	pause := copyPause(time.Since(began), before.Times)
	failed := pgdata.FailedCopy{Upstream: n.UpstreamAddress(), Times: before.Times + 1, Until: time.Now().Add(pause), Reason: again.Text, Fix: again.Fix}
	if errNote := pgdata.NoteFailedCopy(n.Volume, failed); errNote != nil {
		return errors.Join(again, errNote)
	}
	again.Fix = nextCopyFix(n, failed)
	return again
}

// copyPause is how long to wait before the next copy, after one that took so long
// and others that have failed before it.
func copyPause(took time.Duration, failures int) time.Duration {
	pause := max(node.CopyAgain, 10*took)
	for range failures {
		pause = min(2*pause, node.CopyAgainMax)
	}
	return min(pause, node.CopyAgainMax)
}

// failsAgain is why another copy would fail in the same way; nil where it need not.
func failsAgain(n *node.Node, err error) *pg.Fault {
	from := n.UpstreamAddress()
	if damage, ok := errors.AsType[*pgctl.DamageError](err); ok {
		return &pg.Fault{ID: "checksum-failures", Text: from + " has damaged data: " + damage.Error(), Fix: pg.DamageFix(damage.File), Exit: exitDamaged, Err: err}
	}
	if unreadable, ok := errors.AsType[*pgctl.UnreadableError](err); ok {
		return &pg.Fault{ID: "copy-unreadable", Text: from + " has ended the copy: " + unreadable.Said,
			Fix: pg.UnreadableFix(unreadable.Said) + ". Its log may say more: " + pg.Master.LogTail(), Exit: exitDamaged, Err: err}
	}
	if errors.Is(err, errDiffers) {
		return &pg.Fault{Text: err.Error(), Fix: "Look for errors of disks and memory on both hosts, dmesg | tail; the primary's log may name a damaged page: " + pg.Master.LogTail(), Err: err}
	}
	if failure, ok := errors.AsType[*pgsql.Failure](err); ok && failure.Class == pgsql.Permanent {
		return &pg.Fault{ID: failure.ID, Text: failure.Text, Fix: failure.Fix, Exit: failure.ExitStatus(), Err: err}
	}
	return nil
}

// exitDamaged is EX_DATAERR.
const exitDamaged = 65

// nextCopyFix says what to mend, and when the next copy begins.
func nextCopyFix(n *node.Node, failed pgdata.FailedCopy) string {
	return fmt.Sprintf("%s. The next copy begins at %s; to let it begin at once, when that is mended: %s", strings.TrimSuffix(failed.Fix, "."), clock(failed.Until),
		n.Service().Run(pg.RemoveFileCommand(pgdata.FailedCopyFile(n.Volume))))
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// awaitNextCopy waits until the next copy of a server may begin that would fail as
// the last one did, or until somebody removes the note of it. It goes on saying why.
func awaitNextCopy(ctx context.Context, n *node.Node) error {
	return node.Await(ctx, n.Log, 0, "waiting before the next copy", func(context.Context) error {
		failed, found := pgdata.ReadFailedCopy(n.Volume, n.UpstreamAddress())
		if !found || !time.Now().Before(failed.Until) {
			return nil
		}
		text := fmt.Sprintf("the last one failed, and the next begins at %s: %s", clock(failed.Until), failed.Reason)
		return &pgsql.Failure{Fault: pg.Fault{Text: text, Fix: nextCopyFix(n, failed)}, Class: pgsql.Transient}
	})
}
