package plan

import "fmt"

// A Step is one change. Steps are data: package entrypoint does them.
type Step interface {
	fmt.Stringer
	step()
}

type (
	Discard      struct{}              // remove the staging folder of an attempt that did not finish
	Resume       struct{}              // finish a SetAside, a MoveIn or a change of layout that was interrupted
	InitDB       struct{}              // create a cluster in the staging folder
	MakeRoles    struct{}              // create the new cluster's roles and database, while nobody can reach it
	RunScripts   struct{}              // run the mounted init scripts in the new cluster, while nobody can reach it
	PlaceConf    struct{}              // write the new cluster's configuration
	AskPeers     struct{}              // ask the servers of PEERS once more: one that started beside this one may answer by now
	AwaitPrimary struct{}              // wait until the upstream answers
	ReserveSlot  struct{ Slot string } // create the slot on the upstream, so that it keeps the WAL that the copy will need
	BaseBackup   struct{ Slot string } // copy the upstream into the staging folder
	Verify       struct{}              // check the copy against its manifest
	FollowConf   struct{}              // configure the copy as a standby
	Sync         struct{}              // flush the staging folder to disk
	Follow       struct{}              // turn a former primary's data into a standby's, without a copy
	SetAside     struct{}              // move what the data directory holds to a dated folder
	MoveIn       struct{}              // move the staging folder's contents into the data directory
	Configure    struct{}              // bring configuration, roles and passwords up to date
	Become       struct{}              // replace this process with postgres; always alone
)

func (Discard) String() string      { return "discard" }
func (Resume) String() string       { return "resume" }
func (InitDB) String() string       { return "initdb" }
func (MakeRoles) String() string    { return "make-roles" }
func (RunScripts) String() string   { return "run-scripts" }
func (PlaceConf) String() string    { return "place-conf" }
func (AskPeers) String() string     { return "ask-peers" }
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
func (AskPeers) step()     {}
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
