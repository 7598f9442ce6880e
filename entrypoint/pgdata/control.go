package pgdata

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"

	"pgreplica/entrypoint/file"
	"pgreplica/entrypoint/pg"
)

// Offsets in global/pg_control, the same in every version from 13 to 18
// (src/include/catalog/pg_control.h). Reading it takes microseconds where
// running pg_controldata takes milliseconds at every start.
const (
	systemIDAt       = 0
	controlVersionAt = 8
	timelineAt       = 48  // checkPointCopy.ThisTimeLineID
	limitsAt         = 180 // MaxConnections; the others follow in the order of pg.LimitNames
	segmentAt        = 228 // xlog_seg_size
	shortest         = 200 // bytes before the CRC, at least and at most
	longest          = 512
)

var errControl = errors.New("pg_control is cut short or its checksum is wrong")

// addCRC is CRC-32C bit by bit. The 300 bytes of pg_control take it 4 µs; the
// first CRC-32C of a process takes hash/crc32 200 to 500 µs on amd64, for the
// tables of its fast path, and each later one 0.1 µs. A start needs two or three.
func addCRC(crc uint32, bytes []byte) uint32 {
	const castagnoli = 0x82f63b78
	for _, b := range bytes {
		crc ^= uint32(b)
		for range 8 {
			crc = crc>>1 ^ castagnoli&-(crc&1)
		}
	}
	return crc
}

// parseControl reads the system identifier and the timeline of the last
// checkpoint. The struct ends in a CRC-32C of what stands before it; its length
// varies by version, so the CRC is looked for.
func parseControl(control []byte) (pg.SystemID, pg.Timeline, error) {
	crc := ^uint32(0)
	for end := 0; end+4 <= len(control) && end <= longest; end += 4 {
		if end >= shortest && binary.NativeEndian.Uint32(control[end:]) == ^crc {
			return pg.SystemID(binary.NativeEndian.Uint64(control[systemIDAt:])),
				pg.Timeline(binary.NativeEndian.Uint32(control[timelineAt:])), nil
		}
		crc = addCRC(crc, control[end:end+4])
	}
	return 0, 0, errControl
}

// RequiredLimits returns the least limits with which the standby in dir opens
// for queries. They are those that its primary had, as far as WAL is replayed;
// pg_control keeps them.
func RequiredLimits(dir string) (pg.Limits, error) {
	control, err := file.Read(filepath.Join(dir, "global", "pg_control"), file.MostNote)
	if err != nil {
		return nil, fault(err)
	}
	if _, _, err := parseControl(control); err != nil {
		return nil, err
	}
	if version := binary.NativeEndian.Uint32(control[controlVersionAt:]); version < 1300 || version >= 1900 {
		return nil, fmt.Errorf("pg_control has version %d, which is not known", version)
	}
	limits := pg.Limits{}
	for i, name := range pg.LimitNames {
		limits[name] = int(binary.NativeEndian.Uint32(control[limitsAt+4*i:]))
	}
	return limits, nil
}

// SegmentSize is the size in bytes of a WAL segment of the cluster in dir, which
// initdb --wal-segsize chose; 0 where it cannot be read.
func SegmentSize(dir string) uint64 {
	control, err := file.Read(filepath.Join(dir, "global", "pg_control"), file.MostNote)
	if err != nil || len(control) < segmentAt+4 {
		return 0
	}
	if _, _, err := parseControl(control); err != nil {
		return 0
	}
	size := uint64(binary.NativeEndian.Uint32(control[segmentAt:]))
	if size < 1<<20 || size > 1<<30 || size&(size-1) != 0 {
		return 0
	}
	return size
}
