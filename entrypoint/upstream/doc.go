// Package upstream is the server that this one follows. An Upstream asks it once
// and keeps the answer; it waits for it, reserves what a copy needs, compares the
// data here with it, and says why a standby does not stream from it.
//
// It changes nothing here, and nothing there but this standby's own slot.
package upstream
