package contract

import "regexp"

// unicode is how the models write a character by its number.
var unicode = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)

// surrogates are halves of characters, which Go has none of: each range of a
// class that names them is one of whole characters, in other words.
var surrogates = regexp.MustCompile(`(\\uD[89A-Fa-f][0-9A-Fa-f]{2})(-?\\uD[89A-Fa-f][0-9A-Fa-f]{2})*`)

// repeats are more of one thing than Go counts; the lengths of the models hold them.
var repeats = regexp.MustCompile(`\{(\d+),\d{4,}\}`)

// compiled makes a pattern of the models, which are in Java's words, one of
// Go's. It holds for a whole text, as AWS means it.
func compiled(pattern string) (*regexp.Regexp, error) {
	out := surrogates.ReplaceAllString(pattern, `\x{10000}-\x{10FFFF}`)
	out = unicode.ReplaceAllString(out, `\x{$1}`)
	out = repeats.ReplaceAllString(out, `{$1,}`)
	return regexp.Compile(`^(?s:` + out + `)$`)
}
