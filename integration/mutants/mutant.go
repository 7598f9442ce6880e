package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A mutant is one change of the program, and the test that has to fail with it.
type mutant struct {
	name, file string
	old, new   string // old stands in file exactly once
	test       string
	in         string // the folder of the test; empty: that of file
}

func (m mutant) folder() string { return cmp.Or(m.in, path.Dir(m.file)) }

// changed is the text of the mutant's file, with the mutant in it.
func (m mutant) changed(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, m.file))
	if times := strings.Count(string(text), m.old); err == nil && times != 1 {
		err = fmt.Errorf("%q stands there %d times", m.old, times)
	}
	return strings.Replace(string(text), m.old, m.new, 1), err
}

// write writes the changed file into dir, and an overlay that puts it in place.
func (m mutant) write(root, dir string) (overlay string, err error) {
	text, err := m.changed(root)
	if err != nil {
		return "", err
	}
	original, err := filepath.Abs(filepath.Join(root, m.file))
	if err != nil {
		return "", err
	}
	changed, overlay := filepath.Join(dir, path.Base(m.file)), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {original: changed}})
	return overlay, errors.Join(err, os.WriteFile(changed, []byte(text), 0o600), os.WriteFile(overlay, replace, 0o600))
}
