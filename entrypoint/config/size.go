package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Size reads a number of bytes as PostgreSQL does: 64MB, 1 GB. A bare number
// is of bytes; off and none are 0.
type Size int64

// Decode reads a size, which is never negative.
func (s *Size) Decode(text string) error {
	if text == "off" || text == "none" {
		*s = 0
		return nil
	}
	digits := strings.TrimRight(text, "kMGTB")
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	for exponent, unit := range []string{"B", "kB", "MB", "GB", "TB"} {
		if text[len(digits):] == unit || exponent == 0 && digits == text {
			if bytes := n * math.Pow(1024, float64(exponent)); err == nil && bytes >= 0 && bytes < math.MaxInt64 {
				*s = Size(bytes)
				return nil
			}
		}
	}
	return fmt.Errorf("%q is not a size", text)
}
