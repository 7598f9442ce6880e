package pg

import "testing"

// The wanted names are those of pg_walfile_name.
func TestWALFilesAreNamedAsPostgreSQLNamesThem(t *testing.T) {
	const megabyte = 1 << 20
	for _, c := range []struct {
		timeline Timeline
		at       LSN
		size     uint64
		want     string
	}{
		{1, 0x1000000, 16 * megabyte, "000000010000000000000001"},
		{1, 0x1FFFFFF, 16 * megabyte, "000000010000000000000001"},
		{0x1A, 0x16B374D848, 16 * megabyte, "0000001A00000016000000B3"},
		{2, 0x1FF000000, 16 * megabyte, "0000000200000001000000FF"},
		{2, 0x200000000, 16 * megabyte, "000000020000000200000000"},
		{1, 0x16B374D848, megabyte, "000000010000001600000B37"},
		{1, 0x2C0000000, 1024 * megabyte, "000000010000000200000003"},
	} {
		if got := WALFile(c.timeline, c.at, c.size); got != c.want {
			t.Errorf("%s of timeline %d in segments of %d: got %s, want %s", c.at, c.timeline, c.size, got, c.want)
		}
	}
	if got, want := HistoryFile(0x1A), "0000001A.history"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
