package awsport

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"redoubt/system"
)

// A token for the API server of EKS is a presigned question to STS who the
// caller is; the cluster asks it. Making one calls nobody.
// https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
const (
	tokenPrefix   = "k8s-aws-v1."
	clusterHeader = "x-k8s-aws-id"
	// tokenSeconds is how long the question may be asked; the cluster takes the
	// answer for a quarter of an hour.
	tokenSeconds = "60"
)

func clusterToken(ctx context.Context, cfg aws.Config, cluster string) (string, error) {
	if cluster == "" {
		return "", &badInput{fmt.Errorf("the name of the cluster is unknown")}
	}
	signer := sts.NewPresignClient(sts.NewFromConfig(cfg))
	signed, err := signer.PresignGetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}, func(o *sts.PresignOptions) {
		o.Presigner = named{cluster: cluster, next: o.Presigner}
	})
	if err != nil {
		return "", fmt.Errorf("sign the token of cluster %s: %w", cluster, err)
	}
	return tokenPrefix + base64.RawURLEncoding.EncodeToString([]byte(signed.URL)), nil
}

// named signs the cluster's name with the question, so that no other cluster can use it.
type named struct {
	cluster string
	next    sts.HTTPPresignerV4
}

// PresignHTTP adds the name and the expiry, and signs.
func (n named) PresignHTTP(ctx context.Context, who aws.Credentials, r *http.Request, hash, service, region string,
	at time.Time, o ...func(*v4.SignerOptions),
) (string, http.Header, error) {
	r.Header.Set(clusterHeader, n.cluster)
	query := r.URL.Query()
	query.Set("X-Amz-Expires", tokenSeconds)
	r.URL.RawQuery = query.Encode()
	return n.next.PresignHTTP(ctx, who, r, hash, service, region, at, o...)
}

// ClusterToken is a token for the API server of a home's cluster, for who looks at it beside a plan. It ends after a
// quarter of an hour.
func (p *Port) ClusterToken(ctx context.Context, home system.Home) (string, error) {
	cfg := p.cfg.Copy()
	cfg.Region = p.opts.Regions[home]
	return clusterToken(ctx, cfg, p.opts.Clusters[home].Name)
}
