package plan

import "pgreplica/entrypoint/pg"

// Mode is what a server is to be: what its environment says.
func Mode(environment pg.Mode) pg.Mode { return environment }
