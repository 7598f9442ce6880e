package plan

import "pgreplica/entrypoint/pg"

// Mode decides whether a server is to be a primary or a standby. The environment
// alone says so.
func Mode(environment pg.Mode) pg.Mode { return environment }
