package survive

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/configuration"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/syscheck"
	"redoubt/internal/engine"
	"redoubt/internal/export"
	"redoubt/internal/iampolicy"
	"redoubt/inventory/objects"
	"redoubt/sim/world"
	"redoubt/stacks"
	"redoubt/system"
)

var regionOf = map[system.Home]string{system.Primary: ireland, system.Secondary: frankfurt}

// storage is a client of S3 in a region of the world, with the rights of a role.
func (h *homes) storage(t *testing.T, region, role string) *s3.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if r.Method != http.MethodPut || !h.mayPut(t, role, bucket, key) {
			http.Error(w, "AccessDenied", http.StatusForbidden)
			return
		}
		out, err := h.Call(world.Request{Region: region, Service: "s3", Operation: "PutObject",
			Input: world.Document{"Bucket": bucket, "Key": key, "Body": string(body)}})
		if assert.NoError(t, err) {
			w.Header().Set("X-Amz-Version-Id", out["VersionId"].(string))
		}
	}))
	t.Cleanup(server.Close)
	return s3.New(s3.Options{
		Region: region, BaseEndpoint: aws.String(server.URL), UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

// mayPut asks the policy of a role.
func (h *homes) mayPut(t *testing.T, role, bucket, key string) bool {
	t.Helper()
	for _, p := range h.Find("", "AWS::IAM::RolePolicy", nil) {
		if p.In["Role"] != role {
			continue
		}
		doc, err := iampolicy.Parse(p.In["Policy"].(string))
		assert.NoError(t, err)
		for _, s := range doc.Statements {
			for _, r := range s.Resources {
				prefix, any := strings.CutSuffix(r, "*")
				if s.Actions[0] == "s3:PutObject" && any && strings.HasPrefix("arn:aws:s3:::"+bucket+"/"+key, prefix) {
					return true
				}
			}
		}
	}
	return false
}

// runExport does what the home's CronJob does: with its arguments, as its
// service account, with the role that this has.
func (h *homes) runExport(t *testing.T, home system.Home, cluster string) (export.Result, export.Options) {
	t.Helper()
	region := regionOf[home]
	server := apiServer{t: t, h: h, region: region, host: h.host(t, region, cluster)}
	jobs := server.stored("batch/v1", "CronJob")
	require.Len(t, jobs, 1, "the export")
	doc, err := json.Marshal(jobs[0])
	require.NoError(t, err)
	var job struct {
		Spec struct {
			JobTemplate struct {
				Spec struct {
					Template struct {
						Spec struct {
							ServiceAccountName string
							Containers         []struct{ Args []string }
						}
					}
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(doc, &job))
	pod := job.Spec.JobTemplate.Spec.Template.Spec
	args := map[string]string{}
	for _, a := range pod.Containers[0].Args {
		name, value, _ := strings.Cut(strings.TrimPrefix(a, "-"), "=")
		args[name] = value
	}
	require.Equal(t, region, args["region"])
	role := ""
	for _, a := range h.Find(region, "AWS::EKS::PodIdentityAssociation", nil) {
		if a.In["ServiceAccount"] == pod.ServiceAccountName && a.In["Namespace"] == args["namespace"] {
			_, role, _ = strings.Cut(a.In["RoleArn"].(string), ":role/")
		}
	}
	o := export.Options{Namespace: args["namespace"], Bucket: args["bucket"], Key: args["key"]}
	api := h.serve(t, region, cluster, args["namespace"]+"/"+pod.ServiceAccountName)
	done, err := export.Run(t.Context(), api, h.storage(t, region, role), o)
	require.NoError(t, err)
	return done, o
}

// host is the name of a cluster's API server.
func (h *homes) host(t *testing.T, region, cluster string) string {
	t.Helper()
	found := h.Find(region, clusterTyp, func(e *world.Entity) bool { return e.ID == cluster })
	require.Len(t, found, 1, cluster)
	host, _, _ := strings.Cut(strings.TrimPrefix(found[0].Out["Endpoint"].(string), "https://"), ".")
	return host
}

// restore does what kubectl apply --server-side does with an export: it applies
// the objects in their order.
func restore(t *testing.T, c *export.Cluster, doc string) {
	t.Helper()
	kept, err := objects.Decode([]byte(doc))
	require.NoError(t, err)
	for _, o := range kept {
		var path string
		for _, k := range objects.Kinds {
			if k.APIVersion == o["apiVersion"] && k.Kind == o["kind"] {
				path = strings.TrimSuffix(k.Path(text(o, "metadata", "namespace")), "/") + "/" + text(o, "metadata", "name")
				if k.Scope == objects.Itself {
					path = k.Path(text(o, "metadata", "name"))
				}
			}
		}
		body, err := json.Marshal(o)
		require.NoError(t, err)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, c.Server+path+"?fieldManager=kubectl",
			bytes.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+admin)
		req.Header.Set("Content-Type", "application/apply-patch+yaml")
		res, err := c.Client.Do(req)
		require.NoError(t, err)
		answer, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusOK, res.StatusCode, "%s: %s", path, answer)
	}
}

// TestRebuild_ofTheKubernetesObjects exports the objects of each home, loses
// the home's region, and brings them back from the other home's bucket into a blank cluster.
func TestRebuild_ofTheKubernetesObjects(t *testing.T) {
	t.Parallel()
	for _, home := range both {
		h := standing(t)
		inv := h.inventory(t)
		region, there := regionOf[home], regionOf[home.Peer()]
		cluster, namespace := inv.Homes[home].Cluster.Name, inv.Homes[home].Cluster.Namespace
		// A plan has scaled an agent; the program does not know.
		h.call(t, region, "kubernetes", "Patch", world.Document{
			"Server": inv.Homes[home].Cluster.Endpoint, "ApiVersion": "autoscaling/v2", "Kind": "HorizontalPodAutoscaler",
			"Namespace": namespace, "Name": "gateway", "Patch": world.Document{"spec": world.Document{"minReplicas": 11.0}},
		})
		done, o := h.runExport(t, home, cluster)
		assert.Empty(t, done.Withheld)
		h.wait(time.Hour)
		h.inject(t, "region-down "+region)
		copied := inv.Homes[home.Peer()].Configuration
		require.NotEqual(t, o.Bucket, copied)
		doc := h.call(t, there, "s3", "GetObject", world.Document{"Bucket": copied, "Key": o.Key})["Body"].(string)
		h.inject(t, "region-up "+region)

		blank := h.blank(t, region, cluster)
		restore(t, h.serve(t, region, blank, admin), doc)
		before, after := h.kept(t, region, cluster, namespace), h.kept(t, region, blank, namespace)
		require.Equal(t, slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after)), "%s: nothing is left out", home)
		for id, o := range before {
			assert.Equal(t, o, after[id], "%s: %s is as before", home, id)
		}
		assert.Equal(t, len(before), done.Objects, "%s: the export holds no more and no less", home)
		assert.GreaterOrEqual(t, done.Objects, 6*len(example(t).Agents), "%s: each agent has its objects", home)
		assert.Equal(t, 11.0, replicas(before["apps/v1:Deployment/"+namespace+"/gateway"]), "what the plan had set")

		again, _ := h.runExport(t, home, blank)
		assert.Equal(t, done.Objects, again.Objects)
		assert.Equal(t, doc, h.call(t, region, "s3", "GetObject", world.Document{"Bucket": o.Bucket, "Key": o.Key})["Body"],
			"%s: the export of the restored cluster is the one it came from", home)
	}
}

// kept are the objects of a cluster that belong to a namespace, as the world
// has them, by their id less the cluster. Whether a kind is exported does not matter here.
func (h *homes) kept(t *testing.T, region, cluster, namespace string) map[string]objects.Object {
	t.Helper()
	host := h.host(t, region, cluster) + "/"
	out := map[string]objects.Object{}
	for _, e := range h.Find(region, objectKind, func(e *world.Entity) bool { return strings.HasPrefix(e.ID, host) }) {
		o := e.In["Object"].(objects.Object)
		name := text(o, "metadata", "name")
		if text(o, "metadata", "namespace") == namespace || strings.HasPrefix(name, namespace+"-") || name == namespace {
			out[strings.TrimPrefix(e.ID, host)] = o
		}
	}
	return out
}

// example is the system of the homes.
func example(t *testing.T) *system.System {
	t.Helper()
	s, err := system.Load("../../system.yaml")
	require.NoError(t, err)
	return s
}

func replicas(o objects.Object) any {
	spec, _ := o["spec"].(map[string]any)
	return spec["replicas"]
}

// TestRebuild_ofTheSettings loses each home's region and reads what the home is
// made from in the other's bucket: "system check" takes the file, and a stack with these settings has nothing to do.
func TestRebuild_ofTheSettings(t *testing.T) {
	t.Parallel()
	h := standing(t)
	inv := h.inventory(t)
	h.wait(time.Hour)
	for _, home := range both {
		h.inject(t, "region-down "+regionOf[home])
		read := func(key string) []byte {
			out := h.call(t, regionOf[home.Peer()], "s3", "GetObject", world.Document{
				"Bucket": inv.Homes[home.Peer()].Configuration, "Key": key})
			return []byte(out["Body"].(string))
		}
		file := filepath.Join(t.TempDir(), "system.yaml")
		require.NoError(t, os.WriteFile(file, read(configuration.SystemKey(home)), 0o600))
		settings, err := stacks.Rebuilt(read(configuration.SettingsKey(home)))
		require.NoError(t, err)
		h.inject(t, "region-up "+regionOf[home])

		s, said, _ := streams.Test()
		require.NoError(t, syscheck.Check(s, file, false))
		assert.Contains(t, said.String(), "is right: 3 tiers")

		stack := h.engine.Stack(string(home))
		settings["redoubt:system"], settings["redoubt:databasePassword"] = file, stack.Config["redoubt:databasePassword"]
		stack.Config = settings
		plan, err := stack.Preview(t.Context())
		require.NoError(t, err)
		assert.Empty(t, plan.Steps, "%s: the state and the rebuilt settings agree", home)

		w := world.New(world.Config{Seed: 2})
		blank := engine.New(w)
		blank.Add(&engine.Stack{Name: string(home), Config: settings, Secrets: stack.Secrets, Program: stacks.Program})
		if home == system.Primary { // the secondary needs a primary
			settings["redoubt:peerReady"] = "false"
			plan, err = blank.Stack(string(home)).Preview(t.Context())
			require.NoError(t, err)
			assert.Greater(t, len(plan.Of(engine.Create)), 400, "the whole home from these two objects")
		}
	}
}
