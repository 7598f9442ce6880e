package pg

import (
	"encoding/base64"
	"regexp"
	"strings"
	"sync"
)

// PublishedPasswords are the passwords that the earlier project published in its
// files.
var PublishedPasswords = []string{"replicator", "adempiere@123"}

// LongestPassword is how many bytes a password may have: with more, libpq 13 and
// its server end with "out of memory" and "password too long". 0 is without limit.
func LongestPassword(major int) int {
	if major > 0 && major < 14 {
		return 1024
	}
	return 0
}

var scramVerifier = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^SCRAM-SHA-256\$[1-9][0-9]{0,8}:([A-Za-z0-9+/]+={0,2})\$([A-Za-z0-9+/]+=):([A-Za-z0-9+/]+=)$`)
})

// VerifierMethod is the method of authentication for which a text is what
// PostgreSQL stores of a password, md5 or scram-sha-256; empty where the text is a
// password. PASSWORD in CREATE ROLE and ALTER ROLE takes a verifier as it is.
func VerifierMethod(text string) string {
	if digits, is := strings.CutPrefix(text, "md5"); is && len(digits) == 32 && strings.Trim(digits, "0123456789abcdef") == "" {
		return "md5"
	}
	if !strings.HasPrefix(text, "SCRAM-SHA-256$") {
		return ""
	}
	parts := scramVerifier().FindStringSubmatch(text)
	if parts == nil {
		return ""
	}
	for i, part := range parts[1:] {
		key, err := base64.StdEncoding.DecodeString(part)
		if err != nil || i > 0 && len(key) != 32 {
			return ""
		}
	}
	return "scram-sha-256"
}
