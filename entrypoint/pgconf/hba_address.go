package pgconf

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// checkHBAAddress checks the address that fields begin with, and its mask where
// one follows. taken is how many fields they are; what and near are as in
// checkHBALine.
func checkHBAAddress(fields [][]hbaWord) (taken int, what, near string) {
	if len(fields) == 0 {
		return 0, "it ends before the address", ""
	}
	word := fields[0][0]
	if len(fields[0]) > 1 {
		return 0, "more than one address", word.text
	}
	if !word.quoted && slices.Contains([]string{"all", "samehost", "samenet"}, word.text) {
		return 1, "", ""
	}
	number, bits, block := strings.Cut(word.text, "/")
	family := addressFamily(number)
	switch {
	case family == 0 && block:
		return 0, "a host name, which has no /" + bits, word.text
	case family == 0:
		return 1, "", ""
	case block:
		if n, err := strconv.Atoi(bits); err != nil || n < 0 || n > family {
			return 0, fmt.Sprintf("a block of such addresses has a size from /0 to /%d", family), word.text
		}
		return 1, "", ""
	case len(fields) == 1 || addressFamily(fields[1][0].text) == 0:
		return 0, fmt.Sprintf("an address needs a size, such as %s/%d, or a mask behind it", number, family), word.text
	case len(fields[1]) > 1:
		return 0, "more than one mask", fields[1][0].text
	case addressFamily(fields[1][0].text) != family:
		return 0, "the address and its mask are not of one kind", fields[1][0].text
	}
	return 2, "", ""
}

// addressFamily is the number of bits of a numeric address: 32, 128, or 0 for
// what PostgreSQL takes for a host name. It reads numbers as the C library
// does, in which 10.1 and 0x0a000001 are addresses too.
func addressFamily(text string) int {
	if address, err := netip.ParseAddr(text); err == nil {
		return address.BitLen()
	}
	parts := strings.Split(text, ".")
	for _, part := range parts {
		if _, err := strconv.ParseUint(part, 0, 32); err != nil || strings.ContainsAny(part, "_oObB+") {
			return 0
		}
	}
	if len(parts) > 4 || isTooLarge(parts) {
		return 0
	}
	return 32
}

// isTooLarge is true of numbers that do not fit into an address: each but the
// last stands for a byte, the last for all bytes that are left.
func isTooLarge(parts []string) bool {
	for i, part := range parts {
		most := uint64(255)
		if i == len(parts)-1 {
			most = 1<<(8*(5-len(parts))) - 1
		}
		if n, err := strconv.ParseUint(part, 0, 64); err != nil || n > most {
			return true
		}
	}
	return false
}
