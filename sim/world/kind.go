package world

import (
	"fmt"
	"slices"
	"sort"
)

// Kind says how AWS treats one kind of entity. It is data as far as it can
// be; what AWS computes or refuses beyond it are small functions.
type Kind struct {
	// Name is the CloudFormation type name; where CloudFormation has none it
	// is made in the same manner.
	Name string
	// Service is the AWS service whose control plane is called, such as rds.
	Service string
	// Source is the address of the AWS document that the behaviour is taken
	// from, or says what is assumed.
	Source string
	// Global entities live in no region.
	Global bool
	// GlobalName means that an id taken in any region is taken everywhere.
	GlobalName bool
	// Shared entities are kept in the region that made them, and every region describes and changes them.
	Shared bool
	// Setting is a setting of another entity and has its id: creating it over
	// an existing one overwrites, and it has no ARN of its own.
	Setting bool
	// NotFound and Exists are AWS's error codes; empty means ResourceNotFoundException
	// and ResourceAlreadyExistsException.
	NotFound, Exists string
	// Required lists properties that AWS insists on, whatever the provider says.
	Required []string
	// Fixed lists properties that AWS cannot change once they are set.
	Fixed []string
	// Protection is the property that, when true, refuses deletion.
	Protection string
	// Refs are the properties that point at other entities.
	Refs []Link

	// id invents or reads the id; arn builds the ARN.
	id, arn func(t *tx, e *Entity) string
	// endpoints lists the regions whose control planes a create needs; nil is its own.
	endpoints func(region string, in Document) []string
	// places lists those that every later act on the entity needs; nil is its own.
	places func(region, id string) []string
	// checks refuse what AWS refuses; old is nil on creation.
	checks []check
	// computed fills in what AWS adds, on creation and after each update.
	computed func(t *tx, e *Entity)
	// after does what AWS does beside: on creation (old is nil) and after each update.
	after func(t *tx, e, old *Entity) error
	// guard refuses a deletion.
	guard func(t *tx, e *Entity) error
	// remove replaces the plain removal.
	remove func(t *tx, e *Entity) error
	// seen adds what changes without an update, to the copy that a reader gets.
	seen func(t *tx, e *Entity)
}

// check refuses what AWS refuses; old is nil on creation.
type check func(t *tx, e, old *Entity) error

// Link is a property that points at another entity of the same region.
type Link struct {
	// Path is where the id or ARN stands; lists are walked through.
	Path string
	// Kinds are what it may point at.
	Kinds []string
	// Code is AWS's error code when there is none.
	Code string
	// InUse is AWS's error code for deleting the target; empty lets it go.
	InUse string
}

// link is the plain case of a Link.
func link(path, kind, code, inUse string) Link {
	return Link{Path: path, Kinds: []string{kind}, Code: code, InUse: inUse}
}

// kinds holds every kind by name. It is written only here, from the tables
// of the services.
var kinds map[string]*Kind

// users lists, for each kind, the links that block its deletion.
var users map[string][]user

type user struct {
	kind string
	link Link
}

// The tables are joined at start-up rather than in the declaration because
// the functions in them read the joined table.
func init() {
	kinds, users = map[string]*Kind{}, map[string][]user{}
	for _, table := range [][]Kind{
		dynamoKinds, sqsKinds,
		restoreKinds, auditKinds, ec2Kinds, peeringKinds, securityKinds, iamKinds, logsKinds, cloudwatchKinds, eventsKinds, kmsKinds,
		rdsKinds, proxyKinds, secretsKinds, s3Kinds, replicationKinds, ssmKinds, elbKinds, acmKinds,
		route53Kinds, recordKinds, arcKinds, backupKinds, planKinds, snsKinds, kubernetesKinds,
		ecrKinds, appconfigKinds,
		eksKinds,
		nodeKinds,
		cacheKinds,
		scheduleKinds,
		privateZoneKinds,
		quotaKinds,
		fisKinds,
		lambdaKinds,
	} {
		for _, k := range table {
			kinds[k.Name] = &k
		}
	}
	for _, name := range Kinds() {
		for _, l := range kinds[name].Refs {
			if l.InUse == "" {
				continue
			}
			for _, target := range l.Kinds {
				users[target] = append(users[target], user{name, l})
			}
		}
	}
}

// Kinds lists the name of every kind that the world knows, sorted.
func Kinds() []string {
	out := make([]string, 0, len(kinds))
	for name := range kinds {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

// KindNamed returns a copy of the kind's data.
func KindNamed(name string) (Kind, bool) {
	k, ok := kinds[name]
	if !ok {
		return Kind{}, false
	}
	return *k, true
}

func kindOf(name string) (*Kind, error) {
	if k, ok := kinds[name]; ok {
		return k, nil
	}
	return nil, fmt.Errorf("kind %q is not simulated", name)
}

func (k *Kind) place(region string) string {
	if k.Global {
		return Global
	}
	return region
}

// find returns the entity as the region knows it, or nil.
func (k *Kind) find(t *tx, region, id string) *Entity {
	if e := t.get(k.Name, k.place(region), id); e != nil || !k.Shared {
		return e
	}
	for _, e := range t.list(k.Name, "") {
		if e.ID == id {
			return e
		}
	}
	return nil
}

func (k *Kind) notFound(id string) *Error {
	code := k.NotFound
	if code == "" {
		code = "ResourceNotFoundException"
	}
	return missing(code, "%s %s does not exist", k.Name, id)
}

func (k *Kind) exists(id string) *Error {
	code := k.Exists
	if code == "" {
		code = "ResourceAlreadyExistsException"
	}
	return refuse(code, "%s %s already exists", k.Name, id)
}

// follow returns what a link's value points at, or nil.
func (t *tx) follow(region, value string, names []string) *Entity {
	if e := t.arn(value); e != nil {
		if slices.Contains(names, e.Kind) {
			return e
		}
	}
	for _, name := range names {
		if e := t.get(name, kinds[name].place(region), value); e != nil {
			return e
		}
	}
	return nil
}

// verify runs every check on an entity that is about to be kept.
func (k *Kind) verify(t *tx, e, old *Entity) error {
	for _, p := range k.Required {
		if !has(e.In, p) {
			return refuse("ValidationError", "%s: %s is required", k.Name, p)
		}
	}
	if old != nil {
		for _, p := range k.Fixed {
			if !same(values(e.In, p), values(old.In, p)) {
				return refuse("InvalidParameterValue", "%s %s: %s cannot be changed", k.Name, e.ID, p)
			}
		}
	}
	for _, l := range k.Refs {
		if err := l.verify(t, k, e); err != nil {
			return err
		}
	}
	for _, c := range k.checks {
		if err := c(t, e, old); err != nil {
			return err
		}
	}
	return nil
}

// verify checks that whatever the link holds exists in the entity's region.
func (l Link) verify(t *tx, k *Kind, e *Entity) error {
	for _, v := range strs(e.In, l.Path) {
		target := t.follow(e.Region, v, l.Kinds)
		if target == nil {
			return missing(l.Code, "%s: %s %s does not exist in %s", k.Name, l.Path, v, e.Region)
		}
		if e.Region != Global && target.Region != Global && target.Region != e.Region {
			return refuse(l.Code, "%s: %s %s is in %s, want %s", k.Name, l.Path, v, target.Region, e.Region)
		}
	}
	return nil
}

// blocked refuses the deletion of what another entity still uses. Of many it
// names the first.
func (t *tx) blocked(e *Entity) error {
	for _, u := range users[e.Kind] {
		for _, other := range t.list(u.kind, "") {
			apart := other.Region != e.Region && e.Region != Global && other.Region != Global
			if !apart && u.link.points(other, e) {
				return refuse(u.link.InUse, "%s %s is used by %s %s", e.Kind, e.ID, other.Kind, other.ID)
			}
		}
	}
	return nil
}

// points reports whether the link of one entity holds the other.
func (l Link) points(from, to *Entity) bool {
	for _, v := range strs(from.In, l.Path) {
		if v == to.ID || to.ARN != "" && v == to.ARN {
			return true
		}
	}
	return false
}
