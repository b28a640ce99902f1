package world

var Debug map[string]int
