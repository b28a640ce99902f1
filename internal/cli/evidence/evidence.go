// Package evidence is the part of the command line that bundles what drills and runs leave for an auditor, signed, and
// that checks such a bundle.
package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/target"
	"redoubt/internal/clock"
	"redoubt/recovery/evidence"
)

// Options is what evidence takes.
type Options struct {
	Streams *streams.Streams
	// Drills are names of scenarios whose reports are in the folder In; Runs are runs on the target On.
	Drills, Runs []string
	In, On       string
	// Add are more files, such as what witness judge printed.
	Add []string
	// Key is the file of the private key, KMS the ARN of one there; one of them.
	Key, KMS string
	Out, By  string
	Wait     time.Duration
}

// New is the command.
func New(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "evidence [DRILL...]",
		Short: "Bundle plans, journals, the witness's figures and reports into one signed archive for an auditor",
		Long: "Bundle what drills and runs left into one signed archive: the plan, the journal, the report, the witness's figures,\n" +
			"system.yaml and the hash of each. Drills are named as their scenarios and taken from the folder of their reports.\n" +
			"The archive is a tar file; redoubt evidence verify checks it with the public key alone.",
		Example: "  redoubt evidence key auditor.pem\n" +
			"  redoubt evidence region-loss --key auditor.pem --out evidence.tar\n" +
			"  redoubt evidence verify evidence.tar --key auditor.pem.pub",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Drills = args
			return o.run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.Runs, "run", nil, "a run of redoubt run whose plan and journal go in; may be repeated")
	f.StringVar(&o.On, "on", target.Sim, "where the runs were: sim or aws")
	f.StringVar(&o.In, "in", "", "the folder of the drills' reports (default .redoubt/drills)")
	f.StringArrayVar(&o.Add, "add", nil, "another file to put in; may be repeated")
	f.StringVar(&o.Key, "key", "", "the file of the private key (Ed25519, PEM)")
	f.StringVar(&o.KMS, "kms", "", "the ARN of a key of KMS to sign with (ECC_NIST_P256), in place of --key")
	f.StringVar(&o.Out, "out", "evidence.tar", "the archive to write; it must not be there yet")
	f.StringVar(&o.By, "by", "", "who makes it (default the user of this machine)")
	cmd.AddCommand(newVerify(s), newKey(s))
	return cmd
}

func (o *Options) check() error {
	var errs []error
	if len(o.Drills) == 0 && len(o.Runs) == 0 {
		errs = append(errs, errors.New("nothing is named, want drills or --run"))
	}
	if (o.Key == "") == (o.KMS == "") {
		errs = append(errs, errors.New("want one of --key and --kms"))
	}
	if _, err := os.Lstat(o.Out); err == nil {
		errs = append(errs, fmt.Errorf("--out %s is there already, and evidence is not written over", o.Out))
	}
	return exit.With(exit.Usage, errors.Join(errs...), "redoubt evidence --help")
}

func (o *Options) run(ctx context.Context) error {
	if err := o.check(); err != nil {
		return err
	}
	p, err := project.Open()
	if err != nil {
		return err
	}
	signer, err := o.signer(ctx)
	if err != nil {
		return err
	}
	found, err := o.gather(ctx, p)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	m := evidence.Manifest{System: p.System.Name, By: o.who(), Made: clock.Wall{}.Now(), Kinds: found.kinds}
	m, err = evidence.Write(ctx, &b, m, found.members, signer)
	if err != nil {
		return exit.With(exit.Unexpected, err, "")
	}
	if err := write(o.Out, b.Bytes(), 0o644); err != nil {
		return exit.With(exit.Usage, err, "--out takes a file that can be made")
	}
	tell(o.Streams, m)
	o.Streams.Printf("written: %s\n", o.Out)
	return nil
}

func (o *Options) who() string {
	if o.By != "" {
		return o.By
	}
	if name := os.Getenv("USER"); name != "" {
		return name
	}
	return "unknown"
}

// write makes a file that is not there, and syncs it.
func write(file string, text []byte, mode os.FileMode) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// tell prints what an archive holds.
func tell(s *streams.Streams, m evidence.Manifest) {
	s.Printf("evidence of %s, made by %s at %s; figures: %v\n", m.System, m.By, m.Made.Format(time.RFC3339), m.Kinds)
	for _, e := range m.Members {
		s.Printf("  %s  %s (%d bytes)\n", e.SHA256, e.Name, e.Bytes)
	}
}

// newVerify is redoubt evidence verify.
func newVerify(s *streams.Streams) *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check an archive with the public key of whom you trust",
		Long: "Check an archive: the signature by the given key, every member's hash, nothing added and nothing left out, and that\n" +
			"each report and each journal is of the plan beside it. The exit code is 5 when anything speaks against it.",
		Example: "  redoubt evidence verify evidence.tar --key auditor.pem.pub",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return verify(s, args[0], key) },
	}
	cmd.Flags().StringVar(&key, "key", "", "the file of the public key to trust (PEM); it must not come with the archive")
	return cmd
}

func verify(s *streams.Streams, file, key string) error {
	if key == "" {
		return exit.Errorf(exit.Usage, "ask whoever signed for the public key, on another way than the archive came",
			"--key is missing: an archive cannot vouch for itself")
	}
	text, err := os.ReadFile(key)
	if err != nil {
		return exit.With(exit.Usage, err, "--key takes the file of a public key")
	}
	trusted, err := evidence.PublicKey(text)
	if err != nil {
		return exit.With(exit.Usage, fmt.Errorf("%s: %w", key, err), "--key takes the public half, such as auditor.pem.pub")
	}
	f, err := os.Open(file)
	if err != nil {
		return exit.With(exit.Usage, err, "give the file of an archive")
	}
	defer f.Close() //nolint:errcheck // read only
	m, _, err := evidence.Verify(f, trusted)
	if err != nil {
		return exit.With(exit.NotProven, fmt.Errorf("%s: %w", filepath.Base(file), err), "take it for no evidence; ask for it again")
	}
	tell(s, m)
	s.Printf("verified: signed by the key in %s, every member as it was\n", filepath.Base(key))
	return nil
}

// newKey is redoubt evidence key.
func newKey(s *streams.Streams) *cobra.Command {
	return &cobra.Command{
		Use:     "key FILE",
		Short:   "Make a pair of keys: FILE is secret, FILE.pub is for who verifies",
		Example: "  redoubt evidence key auditor.pem",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			private, public, err := evidence.NewKey()
			if err != nil {
				return err
			}
			if err := errors.Join(write(args[0], private, 0o600), write(args[0]+".pub", public, 0o644)); err != nil {
				return exit.With(exit.Usage, err, "give a name that is not taken")
			}
			s.Printf("secret key: %s (keep it out of the repository)\npublic key: %s\n", args[0], args[0]+".pub")
			return nil
		},
	}
}
