package doctor

import (
	"fmt"
	"strings"

	"pgreplica/entrypoint/pg"
)

// A Volume is what the data directory lies on.
type Volume struct {
	Dir               string // the data directory
	Kind              pg.Volume
	Around            pg.Surroundings
	Free, Total       int64  // bytes
	FreeFiles, Inodes uint64 // 0 inodes: the file system does not count them
	Shared            int64  // bytes of /dev/shm; 0 is unknown
	WAL               int64  // bytes of what pg_wal lies on; 0 is unknown
	Needs             int64  // bytes that a copy of the upstream would take; 0 is unknown
	InUse             bool   // a start or a server holds the lock of the volume
	// Unfinished is the phase of a change that a start began and did not finish.
	// Staging is the name of the folder in which that start makes the new data.
	Unfinished pg.Phase
	Staging    string
}

const (
	mebibyte = 1 << 20
	gibibyte = 1 << 30
	// leastRoom is two segments of WAL: a server with less may stop at any time.
	leastRoom = 32 * mebibyte
	// dockerShared is the size of /dev/shm that Docker gives a container by default.
	dockerShared = 64 * mebibyte
)

// Rooms judges the volume that the data lies on, and its free space.
func Rooms(s Seen) []Finding {
	if s.Volume == nil {
		return nil
	}
	v := *s.Volume
	found := []Finding{disk(s, v)}
	if v.Inodes > 0 {
		found = append(found, finding("inodes", worseLevelIf(v.FreeFiles < 1000, Critical, v.FreeFiles < v.Inodes/20, Warning), fmt.Sprintf("%d more files can be made", v.FreeFiles),
			fmt.Sprintf("the volume of %s takes only %d more files", v.Dir, v.FreeFiles), "Remove files from it, or put the data on a larger file system: df -i "+v.Dir))
	}
	if v.Shared > 0 {
		found = append(found, finding("shm", levelIf(v.Shared <= dockerShared, Warning), "/dev/shm has "+pg.Size(v.Shared),
			"/dev/shm has "+pg.Size(v.Shared)+", Docker's default: parallel queries will fail with “could not resize shared memory segment”",
			"Write shm_size: 256mb at the service in the compose file (docker run --shm-size 256m), then "+s.Mode.Service().Up()))
	}
	return append(found, volumePath(s, v), volume(s, v))
}

func disk(s Seen, v Volume) Finding {
	const id = "disk"
	fix := "Make room on it, or mount a larger volume. Data that was set aside is named by pgreplica status."
	standbysCopy := s.Mode == pg.Standby && s.Server == nil && s.Data != nil && s.Data.Contents != pg.Cluster && v.Needs > 0
	limit, kept := s.slotLimit()
	if s.archiveKeeps() > kept { // then it is no slot that fills the volume
		limit, fix = 0, "See why WAL waits for its archive: "+s.Mode.Service().LogTail()+". Or mount a larger volume."
	}
	switch {
	case standbysCopy && v.Free < v.Needs:
		return Finding{id, Critical, fmt.Sprintf("the copy does not fit: it needs about %s, %s are free on the volume of %s", pg.Size(v.Needs), pg.Size(v.Free), v.Dir), fix}
	case standbysCopy:
		return Finding{ID: id, Text: fmt.Sprintf("the copy needs about %s, %s are free", pg.Size(v.Needs), pg.Size(v.Free))}
	case v.Free < leastRoom:
		return Finding{id, Critical, fmt.Sprintf("the volume of %s is nearly full, %s are free: PostgreSQL stops when it cannot write", v.Dir, pg.Size(v.Free)), fix}
	case limit-kept > v.Free:
		return Finding{id, Warning, fmt.Sprintf("slots may keep %s more of WAL, %s are free: a standby that stays away fills the volume", pg.Size(limit-kept), pg.Size(v.Free)),
			"Let them keep less: " + alterCommand("master", fmt.Sprintf("max_slot_wal_keep_size = '%dMB'", max(256, (v.Free+kept)/2/mebibyte)))}
	case v.Free < v.Total/20 && v.Free < 2*gibibyte:
		return Finding{id, Warning, fmt.Sprintf("%s of %s are free on the volume of %s", pg.Size(v.Free), pg.Size(v.Total), v.Dir), fix}
	}
	return Finding{ID: id, Text: fmt.Sprintf("%s of %s are free", pg.Size(v.Free), pg.Size(v.Total))}
}

// slotLimit is how many bytes of WAL the slots of a primary may keep, and how many
// they keep now.
func (s Seen) slotLimit() (limit, kept int64) {
	if s.Server == nil || s.Server.InRecovery || s.Inside == nil {
		return 0, 0
	}
	for _, slot := range s.Slots {
		kept = max(kept, slot.Kept)
	}
	limit, _ = s.Inside.Settings.Bytes("max_slot_wal_keep_size")
	return limit, kept
}

// walSizes finds settings of WAL that do not fit the volume that the WAL lies on:
// under load a server keeps as much as each of them says, and ends where the
// volume is full. Up to a quarter of it is well, and what this program writes for
// the smallest volumes.
func walSizes(s Seen) []Finding {
	if s.Volume == nil || s.Volume.WAL == 0 {
		return nil
	}
	const least = 128 * mebibyte
	bound := max(least, s.Volume.WAL/4)
	var large, alter []string
	for _, name := range []string{"max_wal_size", "min_wal_size", "wal_keep_size"} {
		if bytes, _ := s.Inside.Settings.Bytes(name); bytes > bound {
			large = append(large, name+" is "+s.Inside.Settings[name])
			alter = append(alter, fmt.Sprintf("%s = '%dMB'", name, walSize(name, s.Volume.WAL)))
		}
	}
	return []Finding{finding("wal-sizes", levelIf(len(large) > 0, Warning), "the sizes of WAL fit the volume",
		strings.Join(large, ", ")+", and the volume of the WAL has "+pg.Size(s.Volume.WAL)+": under load WAL fills it, and PostgreSQL stops when it cannot write",
		"Let it keep less, in the mounted postgresql.conf or so: "+alterCommand(s.Mode.Service(), alter...))}
}

// walSize is a setting of WAL in MB for a volume of that many bytes: a tenth of it,
// and half as much of what is kept for nothing but speed.
func walSize(name string, volume int64) int64 {
	tenth := max(128, volume/10/mebibyte)
	if name == "min_wal_size" {
		return min(80, tenth/2)
	}
	return tenth
}

// volume finds data that is lost with its container.
func volume(s Seen, v Volume) Finding {
	const id = "volume"
	fix := "Mount a named volume, data:" + pg.MountPoint(s.Major) + ". To keep what is there, dump it first: docker exec CONTAINER pg_dumpall -U postgres > all.sql"
	switch v.Kind {
	case pg.Layer:
		return Finding{id, Critical, "no volume is mounted: " + v.Dir + " lies in the container and goes with it", fix}
	case pg.Anonymous:
		return Finding{id, Warning, v.Dir + " lies on an anonymous volume, which a new container does not get back", fix}
	}
	return Finding{ID: id, Text: "the data lies on a volume that outlives its container"}
}

// volumePath finds a volume that is mounted where this major version does not keep
// its data.
func volumePath(s Seen, v Volume) Finding {
	around := v.Around
	return finding("volume-path", levelIf(around.Elsewhere != "", Critical), "no volume is mounted beside the data",
		"a volume is mounted at "+around.Elsewhere+", but the data is in "+v.Dir,
		"Mount it at "+around.Belongs+" instead, - data:"+around.Belongs+" under volumes of the service, then "+s.Mode.Service().Up())
}
