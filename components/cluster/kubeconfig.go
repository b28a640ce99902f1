package cluster

import (
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Kubeconfig is how a client reaches the cluster in region. It holds no
// credential: a client asks AWS for a token, in the cluster's own region, as whoever it is.
func (c *Cluster) Kubeconfig(region string) pulumi.StringOutput {
	return pulumi.All(c.Name, c.Endpoint, c.CertificateAuthority).ApplyT(func(v []any) (string, error) {
		return kubeconfig(v[0].(string), region, v[1].(string), v[2].(string))
	}).(pulumi.StringOutput)
}

func kubeconfig(name, region, endpoint, authority string) (string, error) {
	text, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": name,
		"clusters": []any{map[string]any{"name": name, "cluster": map[string]any{
			"server": endpoint, "certificate-authority-data": authority,
		}}},
		"contexts": []any{map[string]any{"name": name, "context": map[string]any{"cluster": name, "user": name}}},
		"users": []any{map[string]any{"name": name, "user": map[string]any{"exec": map[string]any{
			"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws",
			"args": []any{"eks", "get-token", "--cluster-name", name, "--region", region},
		}}}},
	})
	return string(text), err
}
