package report

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/witness"
)

func TestSpan_saysTheTwoLargestUnits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   time.Duration
		want string
	}{
		{0, "0 s"},
		{3 * time.Microsecond, "under 1 ms"},
		{934 * time.Millisecond, "934 ms"},
		{999*time.Millisecond + 600*time.Microsecond, "1 s"},
		{1200 * time.Millisecond, "1.2 s"},
		{9960 * time.Millisecond, "10 s"},
		{59600 * time.Millisecond, "1 min"},
		{61 * time.Second, "1 min 1 s"},
		{15 * time.Minute, "15 min"},
		{time.Hour - 200*time.Millisecond, "1 h"},
		{4*time.Hour + 29*time.Second, "4 h"},
		{26 * time.Hour, "1 d 2 h"},
		{-2 * time.Minute, "−2 min"},
		{math.MaxInt64, "106,751 d 23 h"},
		{math.MinInt64, "−106,751 d 23 h"},
	} {
		assert.Equal(t, tt.want, strings.ReplaceAll(span(tt.in), nb, " "), "span(%d)", tt.in)
	}
}

func TestFigure_unknownIsNotZero(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "unknown", figure(witness.Figure{}))
	assert.Equal(t, "0 s", strings.ReplaceAll(figure(witness.Figure{Known: true}), nb, " "))
	assert.False(t, bulletOf(witness.Figure{}, 0, false).Missed, "the drill judges, not the report")
	assert.True(t, bulletOf(witness.Figure{}, 0, true).Missed)
}

func TestAxis_hasFewRoundTicksInsideIt(t *testing.T) {
	t.Parallel()
	zero := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, length := range []time.Duration{0, time.Millisecond, 700 * time.Millisecond, 13 * time.Second, 13 * time.Minute,
		5 * time.Hour, 40 * day, 90000 * day} {
		a := axisOf(zero, []time.Time{zero.Add(-length / 3), zero.Add(length)}, nil)
		ticks := a.ticks()
		assert.LessOrEqual(t, len(ticks), mostTicks+1, length)
		assert.NotEmpty(t, ticks, length)
		for n, tick := range ticks {
			assert.True(t, tick.At >= 0 && tick.At <= 100, "%s: %v", length, tick)
			assert.True(t, n == 0 || tick.At-ticks[n-1].At > 10, "%s: ticks touch: %v", length, ticks)
			if tick.Label == "0" {
				assert.InDelta(t, float64(a.at(zero)), float64(tick.At), 1e-6)
			}
		}
	}
}

func TestFlags_neverTouch(t *testing.T) {
	t.Parallel()
	got := flags([]percent{10, 12, 40, 90, 95, 100})
	assert.Equal(t, []flag{
		{"F1–2", 10, "start"}, {"F3", 40, "start"}, {"F4–6", 90, "end"},
	}, got)
}

// TestAxis_cutsAQuietBeginning keeps what happened in sight when the steady time before it was long.
func TestAxis_cutsAQuietBeginning(t *testing.T) {
	t.Parallel()
	zero := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	quiet := []time.Time{zero.Add(-20 * time.Minute), zero.Add(8 * time.Minute)}
	a := axisOf(zero, nil, quiet)
	assert.InDelta(t, 20, float64(a.at(zero)), 1e-6)
	assert.Equal(t, "−2 min", strings.ReplaceAll(a.left(), nb, " "))
	assert.Zero(t, a.at(quiet[0]), "what is left out lies at the edge")

	a = axisOf(zero, []time.Time{zero.Add(-15 * time.Minute)}, quiet)
	assert.Zero(t, a.at(zero.Add(-15*time.Minute)), "what happened is never cut")
	assert.Positive(t, a.at(zero.Add(-14*time.Minute)))
	assert.Empty(t, axisOf(zero, nil, []time.Time{zero.Add(-time.Minute), zero.Add(8 * time.Minute)}).left())
}
