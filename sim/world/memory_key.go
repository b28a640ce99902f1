package world

import "unsafe"

// Key names an act that is remembered: two acts with one key are the same. Its texts are known by where they are and not
// letter by letter, so that a long name costs nothing; an equal text elsewhere names another act, which is remembered
// beside the first. What a key points at is kept as long as the key.
type Key struct {
	// Act says what kind of act it is, the rest what it is about.
	Act    Text
	Texts  [6]Text
	Refs   [4]unsafe.Pointer
	Number uint64
}

// Text is a string, by where it is.
type Text struct {
	at  unsafe.Pointer
	len int
}

// TextOf is the string as a part of a key.
func TextOf[S ~string](s S) Text {
	return Text{unsafe.Pointer(unsafe.StringData(string(s))), len(s)} //nolint:gosec // the address is the identity
}

// slots are the places for the acts that were asked for last.
const slots = 1 << 12

// slot is the place of a key: two may have one.
func (k *Key) slot() uint64 {
	const spread = 0x9E3779B97F4A7C15
	h := k.Number + uint64(uintptr(k.Act.at))
	for i := range k.Texts {
		h = h*31 + uint64(uintptr(k.Texts[i].at)) //nolint:gosec // a number for a place
	}
	for i := range k.Refs {
		h = h*31 + uint64(uintptr(k.Refs[i])) //nolint:gosec // a number for a place
	}
	return h * spread >> 52
}
