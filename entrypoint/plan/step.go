package plan

import "fmt"

// A Step is one change. Steps are data: package entrypoint applies them.
type Step interface {
	fmt.Stringer
	step()
}

type (
	Discard      struct{}              // remove the staging of an attempt that did not finish
	Resume       struct{}              // finish setting aside and moving in
	InitDB       struct{}              // make a cluster, in staging
	MakeRoles    struct{}              // make its roles and its database, before anybody can reach it
	RunScripts   struct{}              // run the init scripts that are mounted, while nobody can reach it
	PlaceConf    struct{}              // give it its configuration
	AwaitPrimary struct{}              // wait until the upstream answers
	ReserveSlot  struct{ Slot string } // make the upstream keep the WAL that we shall need
	BaseBackup   struct{ Slot string } // copy the upstream, into staging
	Verify       struct{}              // check the copy against its manifest
	FollowConf   struct{}              // make the copy a standby
	Sync         struct{}              // make staging durable
	Follow       struct{}              // make a former primary's data a standby's, in place
	SetAside     struct{}              // move what the data directory holds to a dated place
	MoveIn       struct{}              // move staging into the data directory
	Configure    struct{}              // bring configuration, roles and passwords up to date
	Become       struct{}              // replace this process with postgres; always alone
)

func (Discard) String() string      { return "discard" }
func (Resume) String() string       { return "resume" }
func (InitDB) String() string       { return "initdb" }
func (MakeRoles) String() string    { return "make-roles" }
func (RunScripts) String() string   { return "run-scripts" }
func (PlaceConf) String() string    { return "place-conf" }
func (AwaitPrimary) String() string { return "await-primary" }
func (ReserveSlot) String() string  { return "reserve-slot" }
func (BaseBackup) String() string   { return "base-backup" }
func (Verify) String() string       { return "verify" }
func (FollowConf) String() string   { return "follow-conf" }
func (Sync) String() string         { return "sync" }
func (Follow) String() string       { return "follow" }
func (SetAside) String() string     { return "set-aside" }
func (MoveIn) String() string       { return "move-in" }
func (Configure) String() string    { return "configure" }
func (Become) String() string       { return "become-postgres" }

func (Discard) step()      {}
func (Resume) step()       {}
func (InitDB) step()       {}
func (MakeRoles) step()    {}
func (RunScripts) step()   {}
func (PlaceConf) step()    {}
func (AwaitPrimary) step() {}
func (ReserveSlot) step()  {}
func (BaseBackup) step()   {}
func (Verify) step()       {}
func (FollowConf) step()   {}
func (Sync) step()         {}
func (Follow) step()       {}
func (SetAside) step()     {}
func (MoveIn) step()       {}
func (Configure) step()    {}
func (Become) step()       {}
