package world

import "maps"

// layers is a map whose forks share what they have in common.
type layers[V any] struct {
	// below is shared and never written; own stands above it.
	below, own map[string]V
}

func (l *layers[V]) get(key string) (V, bool) {
	if v, has := l.own[key]; has {
		return v, true
	}
	v, has := l.below[key]
	return v, has
}

func (l *layers[V]) set(key string, v V) {
	if l.own == nil {
		l.own = map[string]V{}
	}
	l.own[key] = v
}

// fork lets the other have the same content. What one of them has written since
// the last fork is merged when it is more than a small part.
func (l *layers[V]) fork() layers[V] {
	if len(l.own) > len(l.below)/8 {
		below := make(map[string]V, len(l.below)+len(l.own))
		maps.Copy(below, l.below)
		maps.Copy(below, l.own)
		l.below, l.own = below, nil
	}
	return layers[V]{l.below, maps.Clone(l.own)}
}

// each visits every value, in no order.
func (l *layers[V]) each(visit func(V)) {
	for key, v := range l.below {
		if _, above := l.own[key]; !above {
			visit(v)
		}
	}
	for _, v := range l.own {
		visit(v)
	}
}

// all is the whole content.
func (l *layers[V]) all() map[string]V {
	out := make(map[string]V, len(l.below)+len(l.own))
	maps.Copy(out, l.below)
	maps.Copy(out, l.own)
	return out
}
