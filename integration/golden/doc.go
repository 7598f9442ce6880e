// Package golden compares what a test got with a golden file: an expected text that
// is kept in the repository and that a person has read. Compare is its entry.
//
// With -update a test first writes its golden files anew. The diff of the files is
// then reviewed as the change itself. Only tests import this package.
package golden
