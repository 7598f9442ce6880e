package pgdata

import (
	"bytes"
	"encoding/binary"
	"errors"
	"path/filepath"
	"strconv"

	"pgreplica/entrypoint/file"
)

// Where pg_authid lies and how its rows begin is the same in every version from 12
// to 18 (src/backend/utils/cache/relmapper.c, src/include/access/htup_details.h).
const (
	authidOID    = 1260
	bootstrapOID = 10 // of the superuser that initdb made
	mapMagic     = 0x592717
	mostAuthid   = 64 << 20 // more roles than anybody has
	pageHeader   = 24
	nameLength   = 64
)

var errNoSuperuser = errors.New("the name of the bootstrap superuser was not found in the data directory")

// Superuser is the name of the bootstrap superuser of the cluster in dir. No login
// is needed for it. A name that was changed since the last checkpoint is not seen,
// and one whose change was rolled back may be.
func Superuser(dir string) (string, error) {
	filenode, err := authidFile(dir)
	if err != nil {
		return "", err
	}
	pages, err := file.Read(filepath.Join(dir, "global", strconv.Itoa(int(filenode))), mostAuthid)
	if err != nil {
		return "", fault(err)
	}
	name := ""
	for number := 0; len(pages) >= pageHeader; number++ {
		size := int(binary.NativeEndian.Uint16(pages[18:]) &^ 0xff)
		if size < 512 || size > len(pages) {
			break // an empty page is the end
		}
		if found := superuserOf(pages[:size], uint32(number)); found != "" {
			name = found
		}
		pages = pages[size:]
	}
	if name == "" {
		return "", errNoSuperuser
	}
	return name, nil
}

// authidFile is the number of the file that holds pg_authid, as the map of the
// shared catalogs says.
func authidFile(dir string) (uint32, error) {
	text, err := file.Read(filepath.Join(dir, "global", "pg_filenode.map"), file.MostNote)
	if err != nil || len(text) < 8 || binary.NativeEndian.Uint32(text) != mapMagic {
		return 0, errors.Join(fault(err), errNoSuperuser)
	}
	count := int(binary.NativeEndian.Uint32(text[4:]))
	for at := 8; count > 0 && at+8 <= len(text); at, count = at+8, count-1 {
		if binary.NativeEndian.Uint32(text[at:]) == authidOID {
			return binary.NativeEndian.Uint32(text[at+4:]), nil
		}
	}
	return 0, errNoSuperuser
}

// superuserOf is the name in the newest row of the bootstrap superuser on a page;
// nothing where the page has none.
func superuserOf(page []byte, number uint32) (name string) {
	lower := min(int(binary.NativeEndian.Uint16(page[12:])), len(page))
	for at, item := pageHeader, 1; at+4 <= lower; at, item = at+4, item+1 {
		const normal = 1
		pointer := binary.NativeEndian.Uint32(page[at:])
		from, kind, length := int(pointer&0x7fff), pointer>>15&3, int(pointer>>17)
		if kind != normal || from+length > len(page) {
			continue
		}
		if found := superuserIn(page[from:from+length], number, uint16(item)); found != "" {
			name = found
		}
	}
	return name
}

// superuserIn is the name in a row, where it is the newest of the bootstrap
// superuser. A row that was replaced points to the one after it.
func superuserIn(row []byte, page uint32, item uint16) string {
	const header, inserted, committed = 23, 0x0300, 0x0100
	if len(row) < header {
		return ""
	}
	ownPage := uint32(binary.NativeEndian.Uint16(row[12:]))<<16 | uint32(binary.NativeEndian.Uint16(row[14:]))
	mask, begin := binary.NativeEndian.Uint16(row[20:]), int(row[22])
	newest := ownPage == page && binary.NativeEndian.Uint16(row[16:]) == item
	aborted := mask&inserted != 0 && mask&committed == 0
	if !newest || aborted || begin < header || begin+4+nameLength > len(row) || binary.NativeEndian.Uint32(row[begin:]) != bootstrapOID {
		return ""
	}
	text, _, _ := bytes.Cut(row[begin+4:begin+4+nameLength], []byte{0})
	return string(text)
}
