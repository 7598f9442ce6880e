package config

import "strings"

// Nearest returns the known name that somebody probably meant by this one: one of
// which the other is the beginning, or else the one with the fewest letters to
// change. It is empty where more than a quarter of the letters would change.
func Nearest(name string, known []string) string {
	best, fewest := "", len(name)/4+1
	for _, other := range known {
		if name != "" && (strings.HasPrefix(other, name) || strings.HasPrefix(name, other)) {
			return other
		}
		if n := distance(name, other); n < fewest {
			best, fewest = other, n
		}
	}
	return best
}

// distance counts the letters to insert, remove or replace between two names;
// two neighbours that changed places, a common slip in typing, count as one.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replaced := last[j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			row[j] = min(replaced, row[j-1]+1, last[j]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
