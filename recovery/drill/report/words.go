package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"redoubt/witness"
)

const day = 24 * time.Hour

// nb is a space at which no line ends: figures stay whole.
const nb = "\u00a0"

// span says a duration in its two largest units, and parts of a second below ten.
func span(d time.Duration) string {
	if d < 0 {
		return "−" + span(-max(d, -math.MaxInt64))
	}
	switch {
	case d == 0:
		return "0" + nb + "s"
	case d < time.Millisecond:
		return "under" + nb + "1" + nb + "ms"
	case d < time.Second-time.Millisecond/2:
		return fmt.Sprintf("%d%sms", d.Round(time.Millisecond).Milliseconds(), nb)
	case d < 10*time.Second-50*time.Millisecond:
		return strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'f', -1, 64) + nb + "s"
	case d < time.Hour-time.Second/2:
		return two(d.Round(time.Second), time.Minute, "min", time.Second, "s")
	case d < day-time.Minute/2:
		return two(d.Round(time.Minute), time.Hour, "h", time.Minute, "min")
	}
	return two(d.Round(time.Hour), day, "d", time.Hour, "h")
}

func two(d, large time.Duration, largeName string, small time.Duration, smallName string) string {
	n, rest := d/large, d%large/small
	switch {
	case n == 0:
		return fmt.Sprintf("%d%s%s", rest, nb, smallName)
	case rest == 0:
		return count(int64(n)) + nb + largeName
	}
	return strings.Join([]string{count(int64(n)), largeName, fmt.Sprint(int64(rest)), smallName}, nb)
}

// since says a moment as seen from another: −2 min, 0 s, +40 s.
func since(d time.Duration) string {
	if d > 0 {
		return "+" + span(d)
	}
	return span(d)
}

// count writes a number with its thousands apart.
func count(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "−", text[1:]
	}
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return sign + text
}

// figure says a figure without its kind, or that it is unknown.
func figure(f witness.Figure) string {
	switch {
	case !f.Known:
		return "unknown"
	case f.Margin == 0:
		return span(f.Value)
	}
	return span(f.Value) + nb + "±" + nb + span(f.Margin)
}

// plural says how many of something there are.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(int64(n)) + " " + many
}

// sentence begins a text with a capital letter.
func sentence(text string) string {
	for at, r := range text {
		return text[:at] + strings.ToUpper(string(r)) + text[at+len(string(r)):]
	}
	return text
}

// list joins words as a sentence does.
func list(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}
