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
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// callers is the group that a caller of AWS is in, once its token was believed.
const callers = "callers-of-aws"

// Keys are those of the one caller. STS knows a caller's keys; here the API server does.
var Keys = aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}

// authenticator answers the API server who a token belongs to, as the one of EKS
// does: it takes the token apart. What STS would say of the question in it is found by signing the question again,
// with the name of this cluster.
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
		if err := believed(r.Context(), token, cluster); err != nil {
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

func believed(ctx context.Context, token, cluster string) error {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(token, "k8s-aws-v1."))
	if err != nil {
		return err
	}
	question, err := http.NewRequest(http.MethodGet, string(raw), nil)
	if err != nil {
		return err
	}
	q := question.URL.Query()
	scope := strings.Split(q.Get("X-Amz-Credential"), "/")
	if !strings.HasPrefix(question.Host, "sts.") || q.Get("Action") != "GetCallerIdentity" || len(scope) != 5 {
		return fmt.Errorf("the token asks %s for %q", question.Host, q.Get("Action"))
	}
	at, err := time.Parse("20060102T150405Z", q.Get("X-Amz-Date"))
	if err != nil {
		return err
	}
	signature := q.Get("X-Amz-Signature")
	for _, name := range []string{"Algorithm", "Credential", "Date", "SignedHeaders", "Signature"} {
		q.Del("X-Amz-" + name)
	}
	question.URL.RawQuery = q.Encode()
	question.Header.Set("x-k8s-aws-id", cluster)
	again, _, err := v4.NewSigner().PresignHTTP(ctx, Keys, question, nothing, "sts", scope[2], at)
	if err != nil {
		return err
	}
	if signed, err := url.Parse(again); err != nil || signed.Query().Get("X-Amz-Signature") != signature {
		return fmt.Errorf("the token is not signed for cluster %q", cluster)
	}
	return nil
}

// nothing is the hash of a request without a body.
const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

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
