package pgctl

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// A DamageError is a base backup whose server has found pages that fail their
// checksums. It has copied everything when it says so.
type DamageError struct {
	File, Block string // of the first of them; empty where the server named none that we can read
	Err         error
}

func (e *DamageError) Error() string {
	if e.File == "" {
		return "a page fails its checksum"
	}
	return fmt.Sprintf("file %s, block %s fails its checksum", e.File, e.Block)
}

func (e *DamageError) Unwrap() error { return e.Err }

// An UnreadableError is a base backup that its server has ended because it could not
// read a file.
type UnreadableError struct {
	Said string
	Err  error
}

func (e *UnreadableError) Error() string { return e.Said }
func (e *UnreadableError) Unwrap() error { return e.Err }

// What a server says may be of any language: its quotes, its words and the name of a
// level. pg_basebackup's own words are English, and two spaces follow a level.
var (
	damagedPage = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`["«»„“](?:\./)?([^"«»„“”]*/\d+(?:_[a-z]+)?(?:\.\d+)?)["«»“”]\D*(\d+)`)
	})
	serversError = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`error: (?:could not read COPY data|could not get COPY data stream|could not initiate base backup|backup failed|final receive failed): (\p{Lu}+):  (.+)`)
	})
)

// A damageWatch reads what pg_basebackup says of its server's data.
type damageWatch struct {
	page    []string // the first page that failed, its file and block
	damaged bool
	said    string
}

func (w *damageWatch) line(line string) {
	if page := damagedPage().FindStringSubmatch(line); page != nil && w.page == nil && !strings.HasPrefix(line, "pg_basebackup: ") {
		w.page = page[1:]
	}
	if strings.HasSuffix(line, "error: checksum error occurred") {
		w.damaged = true
	}
	// FATAL is of a connection that somebody has ended.
	if found := serversError().FindStringSubmatch(line); found != nil && found[1] != "FATAL" && found[1] != "PANIC" {
		w.said = found[2]
	}
}

// explain is err, or what the server said of its data, where it ended a copy so.
func (w *damageWatch) explain(err error) error {
	if _, failed := errors.AsType[*ProgramError](err); !failed {
		return err
	}
	switch {
	case w.damaged && w.page != nil:
		return &DamageError{w.page[0], w.page[1], err}
	case w.damaged:
		return &DamageError{Err: err}
	case w.said != "":
		return &UnreadableError{w.said, err}
	}
	return err
}
