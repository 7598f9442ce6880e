package pg

import "testing"

func TestADistributionIsReadFromAVersion(t *testing.T) {
	for version, want := range map[string]string{
		"13.23 (Debian 13.23-0+deb11u4)": "Debian 11", "17.5 (Debian 17.5-1.pgdg120+1)": "Debian 12", "18.1 (Debian 18.1-1.pgdg13+2)": "Debian 13",
		"16.9 (Ubuntu 16.9-1.pgdg22.04+1)": "Ubuntu 22.04", "17.5": "", "18beta1 (Debian 18~beta1-1.pgdg120+1)": "Debian 12", "": "",
	} {
		if got := BuiltOn(version); got != want {
			t.Errorf("%s: got %q, want %q", version, got, want)
		}
	}
}

func TestADistributionIsReadFromOSRelease(t *testing.T) {
	for release, want := range map[string]string{
		"PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n": "Debian 12", "ID=ubuntu\nVERSION_ID='22.04'": "Ubuntu 22.04",
		"ID=alpine\nVERSION_ID=3.22.0\n": "", "PRETTY_NAME=\"Debian GNU/Linux forky/sid\"\nVERSION_CODENAME=forky\nID=debian\n": "", "": "",
	} {
		if got := RunsOn(release); got != want {
			t.Errorf("%q: got %q, want %q", release, got, want)
		}
	}
}
