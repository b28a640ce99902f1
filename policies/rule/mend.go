package rule

// Mend is the remediation that sets one input, unless the rule holds already.
func Mend(holds bool, path string, value any) map[string]any {
	if holds {
		return nil
	}
	return map[string]any{path: value}
}

// Len is how many elements a list has, those that nobody knows yet too; an
// unknown list has none, and is remembered.
func (v Value) Len() int {
	list, _ := v.Any().([]any)
	return len(list)
}
