package bucket

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/system"
)

// defaultKeepDays is how long a version that was overwritten or deleted stays
// readable when the store's retention does not say.
const defaultKeepDays = 30

// Args configures a Bucket.
type Args struct {
	// Scope says whose bucket it is and where. Required, but for the home, which no name of a bucket has in it.
	Scope naming.Scope
	// Name is the store's name, or another purpose such as "control". Required.
	Name string
	// Generation is the store's generation: a restore stands beside the
	// damaged bucket under the next one. Zero means 1.
	Generation int
	// Retention says how long versions stay readable (PITRDays) and locked (LockDays).
	Retention system.Retention
	// Lock keeps every new version undeletable for Retention.LockDays, in
	// governance mode. Switching it off later leaves the lock on the bucket: the
	// program never takes one away.
	Lock bool
	// KeyArn is the key of this region that encrypts the objects. Required.
	KeyArn pulumi.StringInput
	// Peer is where the objects are replicated to. Nil while the peer's bucket
	// does not exist.
	Peer *Peer
	// ExpireDays ends the life of every object so many days after it was written;
	// a version stays below it as long as Retention says. Zero keeps objects for good.
	ExpireDays int
	// Ends ends the life of the objects below a prefix so many days after they were written. The rest is kept.
	Ends map[string]int
	// Allow is what the bucket's policy allows besides denying what comes without TLS.
	Allow []iampolicy.Statement
	// Protect guards the bucket and its versioning against deletion and replacement.
	Protect bool
	// Adopt takes an existing bucket instead of creating one.
	Adopt *Adopt
}

// Peer is the same store's bucket in the other home.
type Peer struct {
	// Region is the other home's region. Required.
	Region string
	// KeyArn is the key in the peer's region that encrypts the replicas; S3 wants
	// the regional ARN even of a multi-region key. Required.
	KeyArn pulumi.StringInput
	// Bucket is the peer's physical name when it is not the computed one,
	// because the peer adopted a bucket or runs another generation.
	Bucket string
}

// Adopt names a bucket that already exists in the home's region and account.
// The bucket itself is never created, changed or deleted by the program; its
// settings are set, and left as they are when the stack is destroyed. Locking
// objects becomes possible on it, which S3 never undoes.
type Adopt struct {
	Name string
}

// bucketName is what S3 takes, less the dots that break TLS:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)

// resolve returns a checked copy with the defaults filled in. It reads plain
// Go values only: outputs are unknown during a preview.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	if a.Generation == 0 {
		a.Generation = 1
	}
	errs := []error{a.checkScope()}
	if a.Name == "" {
		errs = append(errs, errors.New("name is empty"))
	}
	if a.Generation < 1 {
		errs = append(errs, fmt.Errorf("generation is %d, want 1 or more", a.Generation))
	}
	if a.KeyArn == nil {
		errs = append(errs, errors.New("keyArn is not given"))
	}
	if a.Lock && a.Retention.LockDays < 1 {
		errs = append(errs, fmt.Errorf("lock is on and retention.lockDays is %d, want 1 or more", a.Retention.LockDays))
	}
	if a.ExpireDays < 0 {
		errs = append(errs, fmt.Errorf("expireDays is %d, want 0 or more", a.ExpireDays))
	}
	for prefix, days := range a.Ends {
		if prefix == "" || days < 1 {
			errs = append(errs, fmt.Errorf("ends has %d days below %q, want 1 or more below a prefix", days, prefix))
		}
	}
	if a.Adopt != nil && !bucketName.MatchString(a.Adopt.Name) {
		errs = append(errs, fmt.Errorf("adopt.name is %q, want the name of a bucket", a.Adopt.Name))
	}
	return a, errors.Join(append(errs, a.checkPeer()...)...)
}

func (a Args) checkScope() error {
	s := a.Scope
	if s.System == "" || s.Region == "" || s.Account == "" {
		return fmt.Errorf("scope is %+v, want system, region and account", s)
	}
	return nil
}

func (a Args) checkPeer() []error {
	if a.Peer == nil {
		return nil
	}
	var errs []error
	if a.Peer.Region == "" || a.Peer.Region == a.Scope.Region {
		errs = append(errs, fmt.Errorf("peer.region is %q, want another region than %q", a.Peer.Region, a.Scope.Region))
	}
	if a.Peer.KeyArn == nil {
		errs = append(errs, errors.New("peer.keyArn is not given"))
	}
	return errs
}

// inputs is what the state keeps of the component's own arguments.
func (a Args) inputs() pulumi.Map {
	in := pulumi.Map{
		"bucket":  pulumi.String(a.physical()),
		"lock":    pulumi.Bool(a.Lock),
		"protect": pulumi.Bool(a.Protect),
	}
	if a.Peer != nil {
		in["peerBucket"] = pulumi.String(a.peerBucket())
	}
	return in
}

// physical is the bucket's own name.
func (a Args) physical() string {
	if a.Adopt != nil {
		return a.Adopt.Name
	}
	return a.Scope.Bucket(a.Name, a.Generation)
}

func (a Args) arn() string { return arnOf(a.physical()) }

// peerBucket is the name of the bucket that replicas go to.
func (a Args) peerBucket() string {
	if a.Peer.Bucket != "" {
		return a.Peer.Bucket
	}
	return a.Scope.Peer(a.Peer.Region).Bucket(a.Name, a.Generation)
}

// keepDays is how long a noncurrent version stays: as long as a point-in-time
// restore reaches, and never less than it is locked.
func (a Args) keepDays() int {
	days := a.Retention.PITRDays
	if days == 0 {
		days = defaultKeepDays
	}
	return max(days, a.Retention.LockDays)
}

func arnOf(bucket string) string { return "arn:aws:s3:::" + bucket }

// keyIn returns the key's ARN once it is known to be a key of the region; S3
// would take another region's key and refuse every object.
func keyIn(arn pulumi.StringInput, region string) pulumi.StringOutput {
	return arn.ToStringOutput().ApplyT(func(arn string) (string, error) {
		if want := "arn:aws:kms:" + region + ":"; !strings.HasPrefix(arn, want) || !strings.Contains(arn, ":key/") {
			return "", fmt.Errorf("key is %q, want a key ARN that starts with %q", arn, want)
		}
		return arn, nil
	}).(pulumi.StringOutput)
}
