// Package nearest proposes the word that was meant when one is not known: of a
// key, a name or a region.
package nearest

import (
	"fmt"
	"strings"
)

// Hint proposes what was meant by word: the closest of the known ones when it
// is close, and all of them when none is.
func Hint[T ~string](word string, known []T) string {
	best, distance := "", min(len(word)/3+2, farthest)
	for _, k := range known {
		d := editDistance(strings.ToLower(word), strings.ToLower(string(k)))
		if d < distance && d < max(len(word), len(k)) { // one letter for another is another word
			best, distance = string(k), d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	if len(known) == 0 {
		return "none is declared"
	}
	return "one of " + List(known)
}

// List joins words with commas.
func List[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return strings.Join(texts, ", ")
}

// editDistance counts the letters to add, remove, change or swap with their
// neighbour that turn a into b.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > maxWord || len(y) > maxWord {
		return farthest
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			change := rows[i-1][j-1]
			if x[i-1] != y[j-1] {
				change++
			}
			rows[i][j] = min(change, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}

const (
	// maxWord is the longest word that is compared letter by letter.
	maxWord = 64
	// farthest is the distance at which a word is another word.
	farthest = 5
)
