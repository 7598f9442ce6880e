package pgdata

import (
	"slices"
	"strings"
)

// hbaMethods are the authentication methods of Debian's and the official
// image's PostgreSQL, each with the first major version that has it.
var hbaMethods = map[string]int{
	"trust": 13, "reject": 13, "md5": 13, "scram-sha-256": 13, "password": 13, "gss": 13, "ident": 13, "peer": 13,
	"ldap": 13, "radius": 13, "cert": 13, "pam": 13, "oauth": 18,
}

func wrongMethod(kind, method string, major int) string {
	since, known := hbaMethods[method]
	switch {
	case !known || major < since:
		return "there is no such authentication method"
	case method == "peer" && kind != "local":
		return "peer is for local lines alone"
	case method == "gss" && kind == "local":
		return "gss is not for local lines"
	case method == "cert" && kind != "hostssl":
		return "cert is for hostssl lines alone"
	}
	return ""
}

// An hbaOption is an option behind the method, and the methods that have it;
// none means each.
type hbaOption struct {
	methods string
	since   int
	ssl     bool // on hostssl lines alone
}

var hbaOptions = map[string]hbaOption{
	"map":         {methods: "ident peer gss cert oauth"},
	"clientcert":  {ssl: true},
	"clientname":  {ssl: true, since: 14},
	"krb_realm":   {methods: "gss"},
	"pamservice":  {methods: "pam"},
	"ldapserver":  {methods: "ldap"},
	"ldapport":    {methods: "ldap"},
	"ldapscheme":  {methods: "ldap"},
	"ldaptls":     {methods: "ldap"},
	"ldapurl":     {methods: "ldap"},
	"ldapprefix":  {methods: "ldap"},
	"ldapsuffix":  {methods: "ldap"},
	"ldapbasedn":  {methods: "ldap"},
	"ldapbinddn":  {methods: "ldap"},
	"issuer":      {methods: "oauth", since: 18},
	"scope":       {methods: "oauth", since: 18},
	"validator":   {methods: "oauth", since: 18},
	"radiusports": {methods: "radius"},

	"include_realm":          {methods: "gss"},
	"pam_use_hostname":       {methods: "pam"},
	"ldapbindpasswd":         {methods: "ldap"},
	"ldapsearchattribute":    {methods: "ldap"},
	"ldapsearchfilter":       {methods: "ldap"},
	"radiusservers":          {methods: "radius"},
	"radiussecrets":          {methods: "radius"},
	"radiusidentifiers":      {methods: "radius"},
	"delegate_ident_mapping": {methods: "oauth", since: 18},
}

// checkHBAOptions never repeats a value: it may be a secret, as that of
// ldapbindpasswd and radiussecrets is.
func checkHBAOptions(kind, method string, fields [][]hbaWord, major int) (what, near string) {
	given := map[string]string{}
	for _, field := range fields {
		for _, word := range field {
			name, value, pair := strings.Cut(word.text, "=")
			if !pair {
				return "behind the method, " + method + ", stands something that is not NAME=VALUE", ""
			}
			if what := wrongOption(kind, method, name, value, major); what != "" {
				return what, name
			}
			given[name] = value
		}
	}
	return incomplete(method, given), method
}

func wrongOption(kind, method, name, value string, major int) string {
	option, known := hbaOptions[name]
	switch {
	case !known || major < option.since:
		return "there is no such option"
	case option.methods != "" && !slices.Contains(strings.Fields(option.methods), method):
		return "this option is not one of " + method
	case option.ssl && kind != "hostssl":
		return "this option is for hostssl lines alone"
	case name == "clientcert" && !slices.Contains(certValues(method, major), value):
		return "this option is one of " + strings.Join(certValues(method, major), ", ")
	case name == "clientname" && value != "CN" && value != "DN":
		return "this option is CN or DN"
	case name == "ldapport" && strings.Trim(value, "0123456789") != "":
		return "this option is a number"
	}
	return ""
}

// certValues are what clientcert may be.
func certValues(method string, major int) []string {
	switch {
	case major >= 14 && method == "cert":
		return []string{"verify-full"}
	case major >= 14:
		return []string{"verify-ca", "verify-full"}
	case method == "cert":
		return []string{"verify-ca", "verify-full", "1"}
	}
	return []string{"verify-ca", "verify-full", "no-verify", "1", "0"}
}

// incomplete names what a method cannot do without.
func incomplete(method string, given map[string]string) string {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { _, found := given[name]; return found })
	}
	search := has("ldapbasedn", "ldapbinddn", "ldapbindpasswd", "ldapsearchattribute", "ldapsearchfilter")
	switch {
	case method == "ldap" && has("ldapurl"): // may hold any of the others
	case method == "ldap" && has("ldapprefix", "ldapsuffix") && search:
		return "ldapprefix and ldapsuffix do not go with the options of a search"
	case method == "ldap" && !has("ldapprefix", "ldapsuffix", "ldapbasedn"):
		return "this method needs ldapbasedn, ldapprefix or ldapsuffix"
	case method == "ldap" && has("ldapsearchattribute") && has("ldapsearchfilter"):
		return "ldapsearchattribute does not go with ldapsearchfilter"
	case method == "radius" && (!has("radiusservers") || !has("radiussecrets")):
		return "this method needs radiusservers and radiussecrets"
	case method == "oauth" && (!has("issuer") || !has("scope")):
		return "this method needs issuer and scope"
	}
	return ""
}
