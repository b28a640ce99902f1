//go:build apps

package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
	"redoubt/internal/clitest/awscli"
)

// TestCommands_ofThePagesAreTheCommandLines lets a shell take apart what the pages tell to type into aws, kubectl and pulumi, and
// these judge it, without calling anything. Runbooks are held by recovery/render, and their kubectl lines by internal/awsport.
func TestCommands_ofThePagesAreTheCommandLines(t *testing.T) {
	if !awscli.There(t.Context()) {
		require.NotEqual(t, "true", os.Getenv("CI"), "python3 has no awscli")
		t.Skip("NOT TRIED: commands of pages, because python3 has no awscli")
	}
	t.Setenv("PATH", os.Getenv("PATH")+string(os.PathListSeparator)+filepath.Join(clitest.Root(t), ".tools"))
	aws, others := []awscli.Command{}, map[string][]string{}
	for _, page := range pages(t) {
		if strings.HasPrefix(page, "docs/runbooks/") {
			continue
		}
		for _, s := range scripts(t, page) {
			for _, args := range s.taken(t, page) {
				if args[0] == "aws" {
					aws = append(aws, awscli.Command{Args: args[1:], Mention: s.mention})
				} else {
					others[strings.Join(args, " ")] = args
				}
			}
		}
	}
	require.Greater(t, len(aws), 60)
	require.Greater(t, len(others), 50)
	refused, err := awscli.Refused(t.Context(), filled(t), aws)
	require.NoError(t, err)
	assert.Empty(t, refused)
	for line, args := range others {
		assert.Empty(t, unhelped(t, args), line)
	}
	t.Logf("%d commands of aws, %d of kubectl and pulumi", len(aws), len(others))
	wrong := []awscli.Command{{Args: []string{"sqs", "start-message-move-tsk"}, Mention: true},
		{Args: []string{"s3api", "head-object", "--bukket", "b"}, Mention: true}, {Args: []string{"s3api", "head-object"}}}
	refused, err = awscli.Refused(t.Context(), t.TempDir(), wrong)
	require.NoError(t, err)
	assert.Len(t, refused, len(wrong))
	for _, line := range []string{"pulumi up --stak x", "pulumi config st a b", "kubectl rollout restrt x", "kubectl get pods --wdie"} {
		assert.NotEmpty(t, unhelped(t, strings.Fields(line)), line)
	}
}

// filled is a folder with the files that commands read.
func filled(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "FILE"), []byte("{}"), 0o600))
	return dir
}

// typed is what somebody types into a shell: a block of a page, or what a text names.
type typed struct {
	text    string
	mention bool
}

var (
	shell = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	// lines are indented ones that begin with one of the commands, with those that go on from them.
	lines = regexp.MustCompile(`(?m)^ {4}((?:aws|kubectl|pulumi) (?:.*\\\n)*.*)$`)
	named = regexp.MustCompile("`((?:aws|kubectl|pulumi) [^`]+)`")
	// fill puts something in for what is left open, and leaves out an option that only version 2 of the AWS command line has: here it is version 1.
	fill = strings.NewReplacer("--region ...", "--region eu-west-1", "--metadata ...", "--metadata a=b", "...", "x", "…", "x",
		"--cli-binary-format raw-in-base64-out ", "")
	// judged are the commands that are judged here.
	judged = regexp.MustCompile(`(?m)(^|\$\(| )(aws|kubectl|pulumi) `)
	// places are words that stand for something of the reader's.
	places = map[string]string{"REGION": "eu-west-1", "ACCOUNT": "111122223333", "HOME": "primary", "ENDPOINT": "https://endpoint.example"}
)

// scripts are what a page says to type.
func scripts(t *testing.T, page string) []typed {
	t.Helper()
	var out []typed
	text := read(t, page)
	for _, m := range append(shell.FindAllStringSubmatch(text, -1), lines.FindAllStringSubmatch(text, -1)...) {
		out = append(out, typed{text: m[1]})
	}
	for _, m := range named.FindAllStringSubmatch(prose(t, page), -1) {
		out = append(out, typed{text: strings.Join(strings.Fields(m[1]), " "), mention: true})
	}
	out = slices.DeleteFunc(out, func(s typed) bool { return !judged.MatchString(s.text) })
	for n := range out {
		for place, value := range places {
			out[n].text = regexp.MustCompile(`\b`+place+`\b`).ReplaceAllString(out[n].text, value)
		}
		out[n].text = fill.Replace(out[n].text)
	}
	return out
}

// stands are the commands that a script may use: those that are judged are written down, the rest does nothing.
const stands = `down() { printf '%s\0' "$@" >>"$OUT"; printf '\1\0' >>"$OUT"; echo a-value; }
aws() { down aws "$@"; }
kubectl() { down kubectl "$@"; }
pulumi() { down pulumi "$@"; }
for name in docker redoubt make cd rm go git; do eval "$name() { :; }"; done
bucket=a-bucket
`

// taken are the words of each command that is judged, as a shell takes them apart.
func (s typed) taken(t *testing.T, page string) [][]string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "taken")
	cmd := exec.CommandContext(t.Context(), "sh", "-euc", stands+s.text)
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "OUT="+out)
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s: %s: %s", page, s.text, said)
	raw, err := os.ReadFile(out)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	var commands [][]string
	for one := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\x01\x00"), "\x01\x00") {
		commands = append(commands, strings.Split(strings.TrimSuffix(one, "\x00"), "\x00"))
	}
	return commands
}

// unhelped says what is wrong with a command, by asking it for its help: its flags are read before.
func unhelped(t *testing.T, args []string) string {
	t.Helper()
	if at := slices.Index(args, "--"); at > 0 { // what follows is for another command
		args = args[:at]
	}
	said, err := exec.CommandContext(t.Context(), args[0], append(slices.Clone(args[1:]), "--help")...).CombinedOutput()
	if err != nil {
		return string(said)
	}
	_, usage, _ := strings.Cut(string(said), "Usage:")
	path := regexp.MustCompile(`(?m)^ *(\S+(?: [a-z-]+)*)(.*)$`).FindStringSubmatch(strings.TrimSpace(usage))
	words := slices.DeleteFunc(slices.Clone(args), func(w string) bool { return strings.HasPrefix(w, "-") })
	if regexp.MustCompile(`\[command\]|SUBCOMMAND`).MatchString(usage) && len(words) > len(strings.Fields(path[1])) {
		return "there is no such command: " + usage
	}
	return ""
}
