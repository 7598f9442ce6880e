package pgconf

import (
	"slices"
	"strconv"
	"strings"
)

// hbaMethods are the authentication methods of Debian's and the official
// image's PostgreSQL, each with the first major version that has it.
var hbaMethods = map[string]int{
	"trust": 13, "reject": 13, "md5": 13, "scram-sha-256": 13, "password": 13, "gss": 13, "ident": 13, "peer": 13,
	"ldap": 13, "radius": 13, "cert": 13, "pam": 13, "oauth": 18,
}

func checkHBAMethod(kind, method string, major int) string {
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

// An hbaOption is an option behind the authentication method.
type hbaOption struct {
	methods string // that have the option; empty: all of them
	since   int    // the first major version that has it; 0: all of them
	ssl     bool   // on hostssl lines alone
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

// checkHBAOptions checks the fields behind the method. It never repeats a
// value, which may be a secret, as those of ldapbindpasswd and radiussecrets
// are.
func checkHBAOptions(kind, method string, fields [][]hbaWord, major int) (what, near string) {
	options := map[string]string{}
	for _, field := range fields {
		for _, word := range field {
			name, value, pair := strings.Cut(word.text, "=")
			if !pair {
				return "behind the method, " + method + ", stands something that is not NAME=VALUE", ""
			}
			if what := checkHBAOption(kind, method, name, value, major); what != "" {
				return what, name
			}
			options[name] = value
			if name == "ldapurl" {
				readLDAPURL(value, options)
			}
		}
	}
	return checkCombination(method, options), method
}

func checkHBAOption(kind, method, name, value string, major int) string {
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
	case name == "ldapport" && leadingNumber(value) == 0:
		return "this option is a number, and not 0"
	case name == "radiusports" && slices.ContainsFunc(strings.Split(value, ","), func(port string) bool { return leadingNumber(port) == 0 }):
		return "this option is a list of numbers"
	case name == "ldapurl" && !strings.HasPrefix(value, "ldap://") && !strings.HasPrefix(value, "ldaps://"):
		return "this option begins with ldap:// or ldaps://"
	}
	return ""
}

// leadingNumber reads a number as the C library does, up to the first character
// that is no digit; 0 where there is no digit.
func leadingNumber(text string) int {
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	number, _ := strconv.Atoi(text[:digits])
	return number
}

// certValues are the values that clientcert may have.
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

// checkCombination finds options that a method needs and does not have, and
// options that exclude each other.
func checkCombination(method string, options map[string]string) string {
	switch method {
	case "ldap":
		return checkLDAP(options)
	case "radius":
		return checkRADIUS(options)
	case "oauth":
		if options["issuer"] == "" || options["scope"] == "" {
			return "this method needs issuer and scope"
		}
	}
	return ""
}

func checkLDAP(options map[string]string) string {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { _, found := options[name]; return found })
	}
	bind := has("ldapprefix", "ldapsuffix")
	switch {
	case bind && has("ldapbasedn", "ldapbinddn", "ldapbindpasswd", "ldapsearchattribute", "ldapsearchfilter"):
		return "ldapprefix and ldapsuffix do not go with the options of a search"
	case !bind && !has("ldapbasedn"):
		return "this method needs ldapbasedn, ldapprefix or ldapsuffix"
	case has("ldapsearchattribute") && has("ldapsearchfilter"):
		return "ldapsearchattribute does not go with ldapsearchfilter"
	}
	return ""
}

// readLDAPURL adds the options that an LDAP URL stands for: base, attribute and
// filter.
func readLDAPURL(url string, options map[string]string) {
	_, url, _ = strings.Cut(url, "://")
	_, url, hasPath := strings.Cut(url, "/")
	parts := append(strings.Split(url, "?"), "", "", "")
	if hasPath {
		options["ldapbasedn"] = parts[0]
	}
	if parts[1] != "" {
		options["ldapsearchattribute"] = parts[1]
	}
	if parts[3] != "" {
		options["ldapsearchfilter"] = parts[3]
	}
}

func checkRADIUS(options map[string]string) string {
	count := func(name string) int { return strings.Count(options[name], ",") + 1 }
	if options["radiusservers"] == "" || options["radiussecrets"] == "" {
		return "this method needs radiusservers and radiussecrets"
	}
	for _, name := range []string{"radiussecrets", "radiusports", "radiusidentifiers"} {
		if n := count(name); n > 1 && n != count("radiusservers") {
			return name + " needs one value, or as many as radiusservers"
		}
	}
	return ""
}
