package pgsql

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// setEnvironment sets each variable that libpq or pgx reads, to what would
// spoil a connection.
func setEnvironment(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{
		"PGHOST": "elsewhere", "PGHOSTADDR": "192.0.2.1", "PGPORT": "x", "PGUSER": "nobody", "PGPASSWORD": "wrong", "PGDATABASE": "none",
		"PGPASSFILE": "/none", "PGSERVICE": "none", "PGSERVICEFILE": "/none", "PGSYSCONFDIR": "/none", "PGLOCALEDIR": "/none",
		"PGSSLMODE": "verify-full", "PGREQUIRESSL": "1", "PGSSLROOTCERT": "/none", "PGSSLCERT": "/none", "PGSSLKEY": "/none",
		"PGSSLPASSWORD": "x", "PGSSLCERTMODE": "x", "PGSSLNEGOTIATION": "direct", "PGSSLSNI": "x", "PGSSLCRL": "/none",
		"PGSSLCRLDIR": "/none", "PGSSLCOMPRESSION": "1", "PGSSLMINPROTOCOLVERSION": "x", "PGSSLMAXPROTOCOLVERSION": "x",
		"PGGSSENCMODE": "require", "PGGSSDELEGATION": "1", "PGGSSLIB": "x", "PGKRBSRVNAME": "x", "PGREQUIREPEER": "nobody",
		"PGCHANNELBINDING": "require", "PGREQUIREAUTH": "none", "PGMINPROTOCOLVERSION": "x", "PGMAXPROTOCOLVERSION": "x",
		"PGCONNECT_TIMEOUT": "x", "PGTARGETSESSIONATTRS": "standby", "PGLOADBALANCEHOSTS": "random", "PGAPPNAME": "x",
		"PGOPTIONS": "-c nonsense=on", "PGCLIENTENCODING": "SQL_ASCII", "PGDATESTYLE": "x", "PGTZ": "x", "PGGEQO": "x",
	} {
		t.Setenv(name, value)
	}
}

func TestAConfigurationNeitherReadsTheEnvironmentNorChangesIt(t *testing.T) {
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "PG") {
			t.Setenv(name, value) // puts it back
			os.Unsetenv(name)
		}
	}
	upstream := Upstream{Host: "db1", Port: 5433, User: "r", Password: "secret", ApplicationName: "s", SSLMode: "require"}
	want, err := upstream.config()
	if err != nil {
		t.Fatal(err)
	}
	setEnvironment(t)
	before := os.Environ()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			got, err := upstream.config()
			if err != nil {
				t.Error(err)
				return
			}
			compare(t, got.Config, want.Config)
		})
	}
	all.Wait()
	if !slices.Equal(os.Environ(), before) {
		t.Error("the environment has changed")
	}
}

// compare compares what pgx reads from a connection string or its environment.
func compare(t *testing.T, got, want pgconn.Config) {
	t.Helper()
	for _, field := range reflect.VisibleFields(reflect.TypeFor[pgconn.Config]()) {
		a, b := reflect.ValueOf(got).FieldByIndex(field.Index), reflect.ValueOf(want).FieldByIndex(field.Index)
		switch {
		case !field.IsExported() || field.Name == "TLSConfig" || field.Name == "Fallbacks":
		case field.Type.Kind() == reflect.Func:
			if a.IsNil() != b.IsNil() {
				t.Errorf("%s: got %v, want %v", field.Name, a, b)
			}
		case !reflect.DeepEqual(a.Interface(), b.Interface()):
			t.Errorf("%s: got %v, want %v", field.Name, a, b)
		}
	}
	if len(got.Fallbacks) != len(want.Fallbacks) || got.TLSConfig.ServerName != want.TLSConfig.ServerName ||
		got.TLSConfig.InsecureSkipVerify != want.TLSConfig.InsecureSkipVerify || len(got.TLSConfig.Certificates) > 0 || got.TLSConfig.RootCAs != nil {
		t.Errorf("TLS: got %+v, want %+v", got.TLSConfig, want.TLSConfig)
	}
}
