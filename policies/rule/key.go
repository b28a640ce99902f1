package rule

import "strings"

// OwnKey is a rule whose resources of the types name a key of the program in an input.
func OwnKey(path string, types ...string) *ResourceRule {
	return &ResourceRule{Types: types, Check: func(r *Resource, _ Config) []Finding { return r.WantOwnKey(path) }}
}

// WantOwnKey is Want of an input that names a key of the program.
func (r *Resource) WantOwnKey(path string) []Finding {
	return r.Want(path, r.At(path).OwnKey(), "a key of the home")
}

// OwnKey reports whether the value names a key that is not one of AWS's own, whose aliases begin with aws/
// (https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html). One that only the update brings is a key of
// the program.
func (v Value) OwnKey() bool {
	name, _ := v.raw.(string)
	return v.raw == Unknown || name != "" && !strings.Contains(name, "alias/aws/")
}
