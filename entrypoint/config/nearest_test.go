package config

import "testing"

func TestTheNameThatWasMeantIsFound(t *testing.T) {
	known := []string{"start", "status", "slots", "plan", "pgreplica_3d278f441531"}
	for name, want := range map[string]string{
		"stauts": "status", "statu": "status", "slot": "slots", "solts": "slots", "plna": "plan", "status2": "status",
		"pgreplica_3d278f441631": "pgreplica_3d278f441531",
		"promote":                "", "xyz": "", "": "",
	} {
		if got := Nearest(name, known); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestLettersThatChangedPlacesAreOneMistake(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "bac", 1}, {"abc", "ab", 1}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"ca", "abc", 3}} {
		if got := distance(c.a, c.b); got != c.want || distance(c.b, c.a) != c.want {
			t.Errorf("%q, %q: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
