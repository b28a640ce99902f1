package memtable

import (
	"bytes"
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// names are what the placeholders of an expression stand for.
type names struct {
	names  map[string]string
	values map[string]types.AttributeValue
}

func (n names) name(text string) string {
	if full, is := n.names[text]; is {
		return full
	}
	return text
}

// check fails with a ConditionalCheckFailedException unless the condition holds of the item; of none, item is nil.
func (n names) check(condition *string, item Item) error {
	if condition == nil {
		return nil
	}
	for _, all := range strings.Split(*condition, " OR ") {
		holds := true
		for _, one := range strings.Split(all, " AND ") {
			yes, err := n.holds(strings.TrimSpace(one), item)
			if err != nil {
				return err
			}
			holds = holds && yes
		}
		if holds {
			return nil
		}
	}
	return &types.ConditionalCheckFailedException{Message: aws.String("The conditional request failed")}
}

// holds judges one comparison. An attribute that is missing makes every comparison false.
func (n names) holds(one string, item Item) (bool, error) {
	if of, is := function(one, "attribute_not_exists"); is {
		_, there := item[n.name(of)]
		return !there, nil
	}
	if of, is := function(one, "attribute_exists"); is {
		_, there := item[n.name(of)]
		return there, nil
	}
	part := strings.Fields(one)
	if len(part) != 3 {
		return false, fmt.Errorf("%q is no condition that this table knows", one)
	}
	want, given := n.values[part[2]]
	if !given {
		return false, fmt.Errorf("the value %s of %q is not given", part[2], one)
	}
	have, there := item[n.name(part[0])]
	order, comparable := compare(have, want)
	if !there || !comparable {
		return false, nil
	}
	switch part[1] {
	case "=":
		return order == 0, nil
	case "<":
		return order < 0, nil
	case "<=":
		return order <= 0, nil
	}
	return false, fmt.Errorf("%q is no comparison that this table knows", part[1])
}

func function(text, name string) (of string, is bool) {
	rest, is := strings.CutPrefix(text, name)
	if !is || rest == "" || rest[0] != '(' || rest[len(rest)-1] != ')' {
		return "", false
	}
	return rest[1 : len(rest)-1], true
}

// compare orders two values of one type; comparable is false for others.
func compare(a, b types.AttributeValue) (order int, comparable bool) {
	switch a := a.(type) {
	case *types.AttributeValueMemberS:
		b, same := b.(*types.AttributeValueMemberS)
		if same {
			order = strings.Compare(a.Value, b.Value)
		}
		return order, same
	case *types.AttributeValueMemberB:
		b, same := b.(*types.AttributeValueMemberB)
		if same {
			order = bytes.Compare(a.Value, b.Value)
		}
		return order, same
	case *types.AttributeValueMemberN:
		b, same := b.(*types.AttributeValueMemberN)
		if !same {
			return 0, false
		}
		x, ok1 := new(big.Rat).SetString(a.Value)
		y, ok2 := new(big.Rat).SetString(b.Value)
		if !ok1 || !ok2 {
			return 0, false
		}
		return x.Cmp(y), true
	}
	return 0, false
}

// change performs an update expression on the item.
func (n names) change(expression *string, item Item) error {
	set, remove, _ := strings.Cut(aws.ToString(expression), "REMOVE ")
	set, is := strings.CutPrefix(strings.TrimSpace(set), "SET ")
	if !is && set != "" {
		return fmt.Errorf("%q is no update that this table knows", *expression)
	}
	// The comma of a function separates no changes.
	set = regexp.MustCompile(`(\([^(),]*),\s*`).ReplaceAllString(set, "$1;")
	for _, one := range list(set) {
		name, value, _ := strings.Cut(one, " = ")
		if of, is := function(value, "if_not_exists"); is {
			was, otherwise, _ := strings.Cut(of, ";")
			if _, there := item[n.name(was)]; there && was == name {
				continue
			} else if was != name {
				return fmt.Errorf("%q keeps another attribute, which this table does not know", one)
			}
			value = otherwise
		}
		v, given := n.values[value]
		if !given {
			return fmt.Errorf("the value %q of %q is not given", value, one)
		}
		item[n.name(name)] = v
	}
	for _, one := range list(remove) {
		delete(item, n.name(one))
	}
	return nil
}

func list(text string) []string {
	var out []string
	for _, one := range strings.Split(text, ",") {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}
