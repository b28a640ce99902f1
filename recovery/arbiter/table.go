package arbiter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// WordName is the key of the word in a lock table; the looks of an observer stand under looksName with its name.
const (
	WordName = inventory.ActiveWord
	// LeaseName is the name of the active home's lease. Its owner is the home.
	LeaseName = inventory.ActiveLease
	looksName = "observer-"
)

// LooksName is the key of what an observer has seen.
func LooksName(observer string) string { return looksName + observer }

// ErrChanged means that somebody else wrote the word in between.
var ErrChanged = errors.New("the word was changed by somebody else")

// Table keeps the word, and what the observers have seen, in a lock table: on AWS and in the simulator alike. The lease
// of the active home stands beside them (recovery/lease, agentkit/home).
type Table struct {
	Port plan.Port
	// Home is whose table it is, empty where the port knows one table alone.
	Home system.Home
	// Name is the table's name.
	Name string
}

// The attributes of a word and of looks.
const (
	activeKey, generationKey, atKey, readyKey, whyKey, versionKey = "active", "generation", "at", "ready", "why", "version"
	judgedKey                                                     = "judged"
	lookedKey, seenKey                                            = "looked", "seen"
)

// Word reads the word consistently; First when there is none.
func (t Table) Word(ctx context.Context) (Word, error) {
	item, err := t.get(ctx, WordName)
	if err != nil {
		return Word{}, fmt.Errorf("read the word: %w", err)
	}
	if len(item) == 0 {
		return First(), nil
	}
	w, err := wordOf(item)
	if err != nil {
		return Word{}, fmt.Errorf("the word in the table: %w", err)
	}
	return w, nil
}

// Replace writes next if the word is still old's, and fails with ErrChanged otherwise. An answer that was lost is no
// failure when next stands there.
func (t Table) Replace(ctx context.Context, old, next Word) error {
	item := plan.Document{
		inventory.LocksKey: text(WordName), activeKey: text(string(next.Active)),
		generationKey: number(int64(next.Generation)),
		versionKey:    number(int64(next.Version)), readyKey: text(strconv.FormatBool(next.Ready)),
		judgedKey: number(int64(next.Judged)), whyKey: text(next.Why), atKey: text(next.At.UTC().Format(time.RFC3339Nano)),
	}
	in := plan.Document{
		"Item": item, "ConditionExpression": "attribute_not_exists(#v)",
		"ExpressionAttributeNames": plan.Document{"#v": versionKey},
	}
	if old.Version > 0 {
		in["ConditionExpression"] = "#v = :v AND #g = :g"
		in["ExpressionAttributeNames"] = plan.Document{"#v": versionKey, "#g": generationKey}
		in["ExpressionAttributeValues"] = plan.Document{":v": number(int64(old.Version)), ":g": number(int64(old.Generation))}
	}
	_, err := t.call(ctx, "PutItem", in)
	if err == nil {
		return nil
	}
	now, readErr := t.Word(ctx)
	switch {
	case readErr != nil:
		return errors.Join(err, readErr)
	case now.same(next):
		return nil
	case now.Version != old.Version || now.Generation != old.Generation:
		return ErrChanged
	}
	return fmt.Errorf("write the word: %w", err)
}

func (w Word) same(as Word) bool {
	at := w.At.Equal(as.At)
	w.At, as.At = time.Time{}, time.Time{}
	return at && w == as
}

// Put writes all that an observer has seen. What is older than what stands there is refused: it was long under way.
func (t Table) Put(ctx context.Context, observer string, seen []diagnose.Observation) error {
	if len(seen) == 0 {
		return nil
	}
	raw, err := json.Marshal(seen)
	if err != nil {
		return fmt.Errorf("put what %s saw: %w", observer, err)
	}
	at := number(seen[len(seen)-1].At.UnixNano())
	item := plan.Document{inventory.LocksKey: text(LooksName(observer)), lookedKey: at, seenKey: text(string(raw))}
	_, err = t.call(ctx, "PutItem", plan.Document{
		"Item":                      item,
		"ConditionExpression":       "attribute_not_exists(#l) OR #l < :l",
		"ExpressionAttributeNames":  plan.Document{"#l": lookedKey},
		"ExpressionAttributeValues": plan.Document{":l": at},
	})
	if err != nil {
		return fmt.Errorf("put what %s saw: %w", observer, err)
	}
	return nil
}

// Seen is what an observer has put, the oldest first; nothing when it never did.
func (t Table) Seen(ctx context.Context, observer string) ([]diagnose.Observation, error) {
	item, err := t.get(ctx, LooksName(observer))
	if err != nil || len(item) == 0 {
		return nil, err
	}
	var seen []diagnose.Observation
	if err := json.Unmarshal([]byte(textOf(item, seenKey)), &seen); err != nil {
		return nil, fmt.Errorf("what %s saw, in the table: %w", observer, err)
	}
	return seen, nil
}

func (t Table) get(ctx context.Context, key string) (plan.Document, error) {
	out, err := t.call(ctx, "GetItem", plan.Document{
		"Key": plan.Document{inventory.LocksKey: text(key)}, "ConsistentRead": true})
	if err != nil {
		return nil, err
	}
	item, _ := out["Item"].(plan.Document)
	return item, nil
}

func (t Table) call(ctx context.Context, operation string, in plan.Document) (plan.Document, error) {
	in["TableName"] = t.Name
	return t.Port.Call(ctx, plan.Call{Kind: plan.AWS, Home: t.Home, Service: "dynamodb", Operation: operation, Input: in})
}

func text(s string) plan.Document { return plan.Document{"S": s} }

func number(n int64) plan.Document { return plan.Document{"N": strconv.FormatInt(n, 10)} }

func textOf(item plan.Document, key string) string {
	v, _ := item[key].(plan.Document)
	s, _ := v["S"].(string)
	return s
}

func wordOf(item plan.Document) (Word, error) {
	var errs []error
	count := func(key string) int {
		v, _ := item[key].(plan.Document)
		s, _ := v["N"].(string)
		n, err := strconv.Atoi(s)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
		}
		return n
	}
	w := Word{Active: system.Home(textOf(item, activeKey)), Generation: count(generationKey), Version: count(versionKey),
		Why: textOf(item, whyKey)}
	if _, has := item[judgedKey]; has { // it came later than the rest
		w.Judged = count(judgedKey)
	}
	if !w.Active.Valid() {
		errs = append(errs, fmt.Errorf("%s is %q, want one of %v", activeKey, w.Active, system.Homes))
	}
	var err error
	if w.Ready, err = strconv.ParseBool(textOf(item, readyKey)); err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", readyKey, err))
	}
	if w.At, err = time.Parse(time.RFC3339Nano, textOf(item, atKey)); err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", atKey, err))
	}
	return w, errors.Join(errs...)
}
