package analyzer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"redoubt/policies/pack"
	"redoubt/policies/rule"
)

// answer is what the engine is told of findings. What is not judged yet it is
// told too, and remembered for the list at the end.
func (s *Server) answer(found []told) *pulumirpc.AnalyzeResponse {
	out := &pulumirpc.AnalyzeResponse{}
	for _, f := range found {
		text := s.redact(f.Finding.String())
		if f.Kind == rule.NotJudged {
			out.NotApplicable = append(out.NotApplicable, &pulumirpc.PolicyNotApplicable{PolicyName: f.rule.ID, Reason: text})
			s.unjudged = append(s.unjudged, f)
			continue
		}
		out.Diagnostics = append(out.Diagnostics, &pulumirpc.AnalyzeDiagnostic{
			PolicyName: f.rule.ID, PolicyPackName: pack.Name, PolicyPackVersion: pack.Version, Description: f.rule.Title,
			Message:          f.rule.Title + "\n" + text + "\n" + f.rule.Remedy,
			EnforcementLevel: levelOf(f.rule.level), Urn: f.URN, Severity: severities[f.rule.Severity],
		})
	}
	return out
}

// redact takes secrets out of a message.
func (s *Server) redact(text string) string {
	for secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, "[secret]")
	}
	return text
}

// list tells the person who runs the engine what is not judged yet, and who knows when.
func (s *Server) list(ctx context.Context, preview bool) error {
	if len(s.unjudged) == 0 {
		return nil
	}
	yet := ""
	if preview {
		yet = " yet"
	}
	var lines []string
	subjects := map[string][]string{}
	for _, f := range s.unjudged {
		why := f.rule.ID + ": %s: " + strings.TrimPrefix(f.Message, f.Subject+" ")
		if subjects[why] == nil {
			lines = append(lines, why)
		}
		subjects[why] = append(subjects[why], f.Subject)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s policies: %d not judged%s\n", pack.Name, len(s.unjudged), yet)
	slices.Sort(lines) // the engine registers in no order
	for _, why := range lines {
		slices.Sort(subjects[why])
		line := strings.Replace(why, "%s", strings.Join(subjects[why], ", "), 1)
		fmt.Fprintf(&out, "  %s\n", s.redact(line))
	}
	return s.options.Log(ctx, out.String())
}

// log lets the engine show a text.
func (s *Server) log(ctx context.Context, text string) error {
	if s.engine == "" {
		return nil // booted by nobody who listens
	}
	conn, err := grpc.NewClient(s.engine, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("tell the engine: %w", err)
	}
	defer func() { _ = conn.Close() }()
	_, err = pulumirpc.NewEngineClient(conn).Log(ctx, &pulumirpc.LogRequest{
		Severity: pulumirpc.LogSeverity_INFO, Message: text,
	})
	if err != nil {
		return fmt.Errorf("tell the engine: %w", err)
	}
	return nil
}
