package plan

import (
	"fmt"
	"strings"
	"testing"

	"pgreplica/integration/golden"
)

// everyFile calls visit with every combination of the four texts of a File: a and
// b are two versions of the mounted file, c is a text that only the data directory
// has.
func everyFile(visit func(File)) {
	for _, mounted := range []string{"", "a", "b"} {
		for _, unreadable := range both {
			for _, current := range []string{"a", "b", "c"} {
				for _, placed := range []string{"", "a", "b"} {
					for _, made := range []string{"", "c"} {
						for _, replace := range both {
							if (mounted == "" || !unreadable) && (placed != "" || made == "") {
								visit(File{mounted, unreadable, current, placed, made, replace})
							}
						}
					}
				}
			}
		}
	}
}

func TestDecisionsOnFiles(t *testing.T) {
	var out strings.Builder
	out.WriteString("mounted  current  placed  made of it  --replace  verdict\n")
	everyFile(func(f File) {
		word := func(text string) string {
			if text == "" {
				return "-"
			}
			return text
		}
		mounted, replace := word(f.Mounted), "-"
		if f.Unreadable {
			mounted = "denied"
		}
		if f.Replace {
			replace = "yes"
		}
		fmt.Fprintf(&out, "%-8s %-8s %-7s %-11s %-10s %s\n", mounted, f.Current, word(f.Placed), word(f.Made), replace, ForFile(f))
	})
	golden.Compare(t, "testdata/decisions_files.txt", out.String())
}

func TestAnEditIsGivenUpOnlyOnRequest(t *testing.T) {
	everyFile(func(f File) {
		edited := f.Placed != "" && f.Current != f.Placed && f.Current != f.Made && f.Current != f.Mounted
		if edited && !f.Unreadable && ForFile(f) == Due && !f.Replace {
			t.Errorf("places over an edit: %+v", f)
		}
	})
}
