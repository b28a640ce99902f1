package world

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/timings"
)

func TestDurations_areThoseOfTheTimings(t *testing.T) {
	t.Parallel()
	for id, here := range map[timings.ID]time.Duration{
		timings.CWAlarmPeriod: tick, timings.AuroraGlobalDnscache: rdsTTL, timings.ELBDnsttl: aliasTTL, timings.S3CRRLag: lagPlain,
		timings.AuroraPITRLatest:         restorableBehind,
		timings.ElasticacheGlobalPromote: cachePromoteTakes,
		timings.AuroraInregionFailover:   inRegionTakes,
		timings.DDBMRECLag:               lagTable,
		timings.DDBPITRLatest:            tableTail,
		timings.DDBRestorePITRMin:        tableRestores,
	} {
		typical, known := timings.Get(id).Typical()
		assert.True(t, known, id)
		assert.Equal(t, typical, here, id)
	}
	most, known := timings.Get(timings.S3RTCSLA).Max()
	assert.True(t, known)
	assert.Less(t, lagRTC, most, "replication time control keeps its promise")
}
