// Package realpg makes data directories with an installed PostgreSQL, for tests that
// need real ones. New is its entry; it skips the test where PostgreSQL or its user is
// missing. No server listens: programs of PostgreSQL are run one by one.
//
// Only tests import this package.
package realpg
