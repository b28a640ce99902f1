package world

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

// Every invented id is a hash of the seed, the place and the token, so that
// it does not depend on the order in which parallel calls arrive.

// generation counts how often the token made something of the kind here.
func (t *tx) generation(region, kind, token string) int {
	key := generationKey(region, kind, token)
	n := t.count(key)
	t.notes.generation(key, n-1)
	return n
}

// count counts one more under a key.
func (t *tx) count(key string) int {
	n, ok := t.gen[key]
	if !ok {
		n, _ = t.gens.get(key)
	}
	if t.gen == nil {
		t.gen = map[string]int{}
	}
	t.gen[key] = n + 1
	return n + 1
}

func generationKey(region, kind, token string) string {
	return strings.Join([]string{region, kind, token}, "|")
}

// digest hashes the entity's origin with a salt.
func (t *tx) digest(e *Entity, salt string) []byte {
	h := sha256.New()
	var seed [8]byte
	binary.BigEndian.PutUint64(seed[:], t.cfg.Seed)
	h.Write(seed[:])
	fmt.Fprintf(h, "%s|%s|%s|%d|%s", e.Region, e.Kind, e.Token, e.Generation, salt)
	return h.Sum(nil)
}

// hex invents n hexadecimal digits.
func (t *tx) hex(e *Entity, salt string, n int) string {
	return hex.EncodeToString(t.digest(e, salt))[:n]
}

// letters invents n characters out of an alphabet.
func (t *tx) letters(e *Entity, salt, alphabet string, n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		for _, d := range t.digest(e, fmt.Sprintf("%s/%d", salt, i)) {
			if b.Len() < n {
				b.WriteByte(alphabet[int(d)%len(alphabet)])
			}
		}
	}
	return b.String()
}

// uuid invents a UUID.
func (t *tx) uuid(e *Entity, salt string) string {
	h := t.hex(e, salt, 32)
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}

const (
	upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	lower = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// prefixed makes an id function: prefix and 17 hexadecimal digits, as EC2 does.
func prefixed(prefix string) func(*tx, *Entity) string {
	return func(t *tx, e *Entity) string { return prefix + "-0" + t.hex(e, "id", 16) }
}

// named makes an id function: the value of a property.
func named(property string) func(*tx, *Entity) string {
	return func(_ *tx, e *Entity) string { return str(e.In, property) }
}

// byARN makes an id function for kinds whose id is their ARN.
func byARN(arn func(*tx, *Entity) string) func(*tx, *Entity) string { return arn }

// arnOf makes an ARN function: service and resource, in which {id} and any
// {Property} of the document are filled in.
func arnOf(service, resource string) func(*tx, *Entity) string {
	return func(t *tx, e *Entity) string {
		region := e.Region
		if region == Global {
			region = ""
		}
		return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, region, t.cfg.Account, fill(resource, e))
	}
}

func fill(template string, e *Entity) string {
	for {
		open := strings.IndexByte(template, '{')
		if open < 0 {
			return template
		}
		end := open + strings.IndexByte(template[open:], '}')
		name := template[open+1 : end]
		value := str(e.In, name)
		if name == "id" {
			value = e.ID
		}
		template = template[:open] + value + template[end+1:]
	}
}

// set puts a value into what AWS added, unless it is there already: ids that
// AWS invents do not change with an update.
func set(e *Entity, name string, value any) {
	if e.Out[name] == nil {
		e.Out[name] = value
	}
}

// def puts AWS's default into what AWS added when the document leaves it out.
func def(e *Entity, name string, value any) {
	if has(e.In, name) {
		delete(e.Out, name)
		return
	}
	e.Out[name] = value
}
