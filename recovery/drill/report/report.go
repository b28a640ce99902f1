// Package report shows what a drill found to people: as JSON, as Markdown for a pull request, and as one HTML page
// that needs nothing but itself. It judges nothing: what was missed is what the drill says was missed.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"

	"redoubt/recovery/drill"
)

// JSON writes one report as an object, as the drill tags it.
func JSON(r drill.Report) ([]byte, error) { return indented(r) }

// JSONOfAll writes many reports as an array, in their order.
func JSONOfAll(all []drill.Report) ([]byte, error) {
	if all == nil {
		all = []drill.Report{}
	}
	return indented(all)
}

func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	to.SetEscapeHTML(false)
	to.SetIndent("", "  ")
	if err := to.Encode(v); err != nil {
		return nil, fmt.Errorf("write report: %w", err)
	}
	return b.Bytes(), nil
}
