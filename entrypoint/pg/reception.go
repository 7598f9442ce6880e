package pg

// A Reception is what can be known of a standby's link without a login.
type Reception int

const (
	NotKnown   Reception = iota
	NoReceiver           // no walreceiver runs
	Streams              // one runs, and streams
)
