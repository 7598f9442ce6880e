package pgconf

import (
	"slices"
	"strings"
	"testing"
)

func TestTheUsersFileFollowsOurBlockWhole(t *testing.T) {
	block := ManagedConf(100 << 30)
	for name, test := range map[string]struct{ users, kept string }{
		"a plain file":           {"a = 1\n# b\n", "a = 1\n# b\n"},
		"no newline at the end":  {"a = 1", "a = 1"},
		"an earlier block":       {"a = 1\n" + ManagedConf(1<<30) + "b = 2\n", "a = 1\nb = 2\n"},
		"two earlier blocks":     {ManagedConf(1<<30) + "a = 1\n" + block, "a = 1\n"},
		"a block without an end": {blockBegin + ": defaults\na = 1\n", "a = 1\n"},
		"an end without a begin": {"a = 1\n" + blockEnd + "\nb = 2\n", "a = 1\nb = 2\n"},
		"a begin within a block": {blockBegin + "\na = 1\n" + block, "a = 1\n"},
		"windows line ends":      {"a = 1\r\n" + strings.ReplaceAll(block, "\n", "\r\n") + "b\r\n", "a = 1\r\nb\r\n"},
	} {
		got := InstalledConf(block, test.users)
		if got != block+test.kept {
			t.Errorf("%s: got %q, want our block and %q", name, got, test.kept)
		}
		if again := InstalledConf(block, got); again != got {
			t.Errorf("%s: a second time gave %q, want %q", name, again, got)
		}
	}
}

func TestAStandbyLeavesWhatIsOnlyThePrimarys(t *testing.T) {
	const mark = "#pgreplica: only the primary's: "
	for _, test := range []struct{ line, want, dropped string }{
		{"synchronous_standby_names = '*'\n", mark + "synchronous_standby_names = '*'\n", "synchronous_standby_names"},
		{" Recovery_Target_Time '2024-01-01'", mark + " Recovery_Target_Time '2024-01-01'", "recovery_target_time"},
		{"restore_command='cp /a/%f %p'\r\n", mark + "restore_command='cp /a/%f %p'\r\n", "restore_command"},
		{"primary_conninfo = 'host=a password=secret'\n", mark + "primary_conninfo\n", "primary_conninfo"},
		{"archive_mode = ALWAYS # both\n", mark + "archive_mode = ALWAYS # both\narchive_mode = on\n", "archive_mode"},
		{"archive_mode 'always'", mark + "archive_mode 'always'\narchive_mode = on\n", "archive_mode"},
		{"archive_mode = on\n", "archive_mode = on\n", ""},
		{"archive_command = 'always'\n", "archive_command = 'always'\n", ""},
		{"#cluster_name = 'a'\n", "#cluster_name = 'a'\n", ""},
		{"include_if_exists 'primary_slot_name'\n", "include_if_exists 'primary_slot_name'\n", ""},
		{"listen_addresses = '*'\r\n\r\n\tport 5432", "listen_addresses = '*'\r\n\r\n\tport 5432", ""},
	} {
		out, dropped := StandbyConf(test.line)
		if out != test.want || strings.Join(dropped, " ") != test.dropped {
			t.Errorf("%q: got %q without %v, want %q without %s", test.line, out, dropped, test.want, test.dropped)
		}
	}
	_, dropped := StandbyConf("cluster_name = a\nprimary_slot_name = s\ncluster_name = b\n")
	if want := []string{"cluster_name", "primary_slot_name"}; !slices.Equal(dropped, want) {
		t.Errorf("got %v, want each name once: %v", dropped, want)
	}
}
