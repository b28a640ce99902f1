package inventory

import (
	"errors"
	"fmt"
	"reflect"

	"redoubt/system"
)

// Blank reports whether a home holds nothing that AWS invented or recovery
// acts on. Where it lives (region, account, zones, range) does not count: that
// comes from configuration, or is there without us, and says nothing about what exists.
func Blank(h Home) bool {
	h.Region, h.Account, h.Zones, h.ZoneIDs, h.CIDR = "", "", nil, nil, ""
	return blank(reflect.ValueOf(h))
}

// Merge returns own's document with the peer as it is seen now. Each home is
// taken from the document that speaks for it first hand. What was seen once is
// pinned: a peer that is missing, blank or lost some of its fields removes
// nothing. The zero Inventory stands for a peer that was never seen.
func Merge(own, peer Inventory) (Inventory, error) {
	if err := own.check(); err != nil {
		return Inventory{}, fmt.Errorf("merge inventories: own: %w", err)
	}
	out := own
	out.Homes = map[system.Home]Home{own.Home: own.Own()}
	seen, has := own.Homes[own.Home.Peer()]
	if has && !Blank(seen) {
		out.Homes[own.Home.Peer()] = seen
	}
	if len(peer.Homes) == 0 || Blank(peer.Own()) {
		return out, nil
	}
	if err := errors.Join(peer.check(), sameSystem(own, peer)); err != nil {
		return Inventory{}, fmt.Errorf("merge inventories: peer: %w", err)
	}
	out.Homes[peer.Home] = Pin(seen, peer.Own())
	return out, nil
}

func sameSystem(own, peer Inventory) error {
	var errs []error
	if peer.System != own.System {
		errs = append(errs, fmt.Errorf("system is %q, want %q", peer.System, own.System))
	}
	if peer.Home != own.Home.Peer() {
		errs = append(errs, fmt.Errorf("home is %s, want %s", peer.Home, own.Home.Peer()))
	}
	return errors.Join(errs...)
}

// Pin returns now, with every field that is empty there but was known before
// taken from seen. A store, key or agent that is gone from a map that still
// has others was taken out on purpose and stays out. A home in another region
// or account, and a store with another name, is another one and keeps nothing.
func Pin(seen, now Home) Home {
	if now.Region != seen.Region || now.Account != seen.Account {
		return now
	}
	return pin(reflect.ValueOf(seen), reflect.ValueOf(now)).Interface().(Home)
}

func pin(seen, now reflect.Value) reflect.Value {
	if now.Kind() == reflect.Bool || otherStore(seen.Interface(), now.Interface()) {
		return now
	}
	if blank(now) {
		return seen
	}
	switch now.Kind() {
	case reflect.Struct:
		out := reflect.New(now.Type()).Elem()
		for i := range now.NumField() {
			out.Field(i).Set(pin(seen.Field(i), now.Field(i)))
		}
		return out
	case reflect.Map:
		out := reflect.MakeMap(now.Type())
		for _, key := range now.MapKeys() {
			val := now.MapIndex(key)
			if before := seen.MapIndex(key); before.IsValid() {
				val = pin(before, val)
			}
			out.SetMapIndex(key, val)
		}
		return out
	default:
		return now
	}
}

func otherStore(seen, now any) bool {
	s, is := seen.(Store)
	if !is {
		return false
	}
	name := now.(Store).Name
	return name != "" && name != s.Name
}

// blank reports whether a value holds no string, number or truth anywhere.
func blank(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if !blank(v.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if !blank(v.MapIndex(key)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		return v.Len() == 0
	default:
		return v.IsZero()
	}
}
