//go:build apps

package kubetest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// callers is the group that a caller of AWS is in, once its token was believed.
const callers = "callers-of-aws"

// authenticator answers the API server who a token belongs to, as the one of EKS
// does: it takes the token apart, and the question to STS in it must name the cluster. STS itself is not asked.
// https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
func authenticator(t testing.TB, cluster string) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var review Object
		if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		spec, _ := review["spec"].(Object)
		token, _ := spec["token"].(string)
		status := Object{"authenticated": false}
		if err := believed(token, cluster); err != nil {
			status["error"] = err.Error()
		} else {
			status = Object{"authenticated": true, "user": Object{"username": "operator", "groups": []string{callers}}}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(Object{"apiVersion": review["apiVersion"], "kind": "TokenReview", "status": status})
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func believed(token, cluster string) error {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(token, "k8s-aws-v1."))
	if err != nil {
		return err
	}
	question, err := url.Parse(string(raw))
	if err != nil {
		return err
	}
	q := question.Query()
	if !strings.HasPrefix(question.Host, "sts.") || q.Get("Action") != "GetCallerIdentity" {
		return fmt.Errorf("the token asks %s for %q", question.Host, q.Get("Action"))
	}
	if cluster == "" || !strings.Contains(q.Get("X-Amz-SignedHeaders"), "x-k8s-aws-id") || q.Get("X-Amz-Signature") == "" {
		return fmt.Errorf("the token is not signed for a cluster")
	}
	return nil
}

// admit gives callers the rights that the policy AmazonEKSClusterAdminPolicy gives:
// https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
func (c *Cluster) admit(ctx context.Context) error {
	_, err := c.Apply(ctx, Object{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": Object{"name": callers},
		"roleRef":  Object{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
		"subjects": []any{Object{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": callers}},
	})
	return err
}
