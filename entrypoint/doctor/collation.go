package doctor

import (
	"fmt"
	"strings"

	"pgreplica/entrypoint/pg"
)

// collation judges whether this server sorts text as the one that built its indexes
// did. PostgreSQL reports collations whose version has changed; for those that
// have no version, the distributions of both sides are compared. Where neither is
// known, there is no finding.
func collation(s Seen) []Finding {
	const id = "collation"
	const consequence = "sorts text differently, so indexes on text may be corrupt"
	if s.Inside != nil && len(s.Inside.Stale) > 0 {
		return []Finding{{id, Critical, fmt.Sprintf("the C library or ICU of this image is another version than the one that made %s: it %s", firstFew(s.Inside.Stale), consequence),
			"Build the image from the base that made the cluster (FROM postgres:N-bookworm, for example). To stay with this one, on the primary: " + pg.Master.Exec("reindexdb -U postgres --all") + ", then ALTER DATABASE or ALTER COLLATION … REFRESH COLLATION VERSION."}}
	}
	if s.Upstream != nil {
		here, there := s.RunsOn, pg.BuiltOn(s.Upstream.Version)
		if here != there {
			return []Finding{{id, Critical, fmt.Sprintf("the primary runs on %s, this standby on %s: the C library %s after a promotion", orOther(there), orOther(here), consequence),
				"Build both images from the same base, FROM postgres:N-bookworm for example, then " + pg.All.Rebuild()}}
		}
		if here != "" {
			return []Finding{{ID: id, Text: "both sides run on " + here}}
		}
	}
	if s.Inside != nil {
		return []Finding{{ID: id, Text: "the C library and ICU are those that the collations were made with"}}
	}
	return nil
}

func orOther(distribution string) string {
	if distribution == "" {
		return "another distribution"
	}
	return distribution
}

// firstFew lists the first three names, and says how many more there are.
func firstFew(names []string) string {
	const few = 3
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}
