package postgres

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
)

// proxy declares the pooled way to the home's cluster, over all three zones
// and only with TLS. In the home that does not write, its own endpoint
// answers from the moment of a failover; the reading endpoint answers always.
func (b *builder) proxy(g groups) error {
	secret, value, err := b.secret()
	if err != nil {
		return err
	}
	role, allowed, err := b.proxyRole(secret)
	if err != nil {
		return err
	}
	logs, err := b.logGroup("proxy-log", "/aws/rds/proxy/"+b.lasting("proxy"))
	if err != nil {
		return err
	}
	proxy, err := rds.NewProxy(b.ctx, b.name+"-proxy", &rds.ProxyArgs{
		Name:         pulumi.String(b.lasting("proxy")),
		EngineFamily: pulumi.String("POSTGRESQL"),
		RequireTls:   pulumi.Bool(true),
		RoleArn:      role.Arn,
		Auths: rds.ProxyAuthArray{&rds.ProxyAuthArgs{
			AuthScheme:             pulumi.String("SECRETS"),
			SecretArn:              secret.Arn,
			ClientPasswordAuthType: pulumi.String("POSTGRES_SCRAM_SHA_256"),
			IamAuth:                pulumi.String("DISABLED"),
		}},
		IdleClientTimeout:   pulumi.Int(1800),
		VpcSubnetIds:        b.args.SubnetIDs,
		VpcSecurityGroupIds: pulumi.StringArray{g.proxy},
		Tags:                b.tags(),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{value, allowed, logs}),
		pulumi.DeleteBeforeReplace(true), long)...) // the name is chosen
	if err != nil {
		return err
	}
	target, err := b.target(proxy)
	if err != nil {
		return err
	}
	readers, err := b.readers(proxy, target, g)
	if err != nil {
		return err
	}
	c := b.component
	c.SecretArn, c.ProxyEndpoint, c.ProxyReaderEndpoint = secret.Arn, proxy.Endpoint, readers.Endpoint
	return nil
}

// target points the proxy at the cluster. AWS refuses that while the cluster
// has no instance, so it waits for all of them.
func (b *builder) target(proxy *rds.Proxy) (*rds.ProxyTarget, error) {
	group, err := rds.NewProxyDefaultTargetGroup(b.ctx, b.name+"-proxy-pool", &rds.ProxyDefaultTargetGroupArgs{
		DbProxyName: proxy.Name,
		ConnectionPoolConfig: &rds.ProxyDefaultTargetGroupConnectionPoolConfigArgs{
			ConnectionBorrowTimeout:   pulumi.Int(30),
			MaxConnectionsPercent:     pulumi.Int(90),
			MaxIdleConnectionsPercent: pulumi.Int(50),
		},
	}, b.child()...)
	if err != nil {
		return nil, err
	}
	return rds.NewProxyTarget(b.ctx, b.name+"-proxy-target", &rds.ProxyTargetArgs{
		DbProxyName:         proxy.Name,
		TargetGroupName:     group.Name,
		DbClusterIdentifier: b.component.ClusterID,
	}, b.child(pulumi.DependsOn(b.members), long)...)
}

func (b *builder) readers(proxy *rds.Proxy, target *rds.ProxyTarget, g groups) (*rds.ProxyEndpoint, error) {
	return rds.NewProxyEndpoint(b.ctx, b.name+"-proxy-readers", &rds.ProxyEndpointArgs{
		DbProxyName:         proxy.Name,
		DbProxyEndpointName: pulumi.String(b.lasting("readers")),
		TargetRole:          pulumi.String("READ_ONLY"),
		VpcSubnetIds:        b.args.SubnetIDs,
		VpcSecurityGroupIds: pulumi.StringArray{g.proxy},
		Tags:                b.tags(),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{target}), pulumi.DeleteBeforeReplace(true), long)...)
}

// secret keeps this home's copy of the credentials. It is not replicated: a
// replica could not be changed while the region of its original is lost.
func (b *builder) secret() (*secretsmanager.Secret, *secretsmanager.SecretVersion, error) {
	a := b.args
	// Without protection nothing is worth keeping, and the name is free at once.
	window := 0
	if a.Protect {
		window = 30
	}
	secret, err := secretsmanager.NewSecret(b.ctx, b.name+"-credentials", &secretsmanager.SecretArgs{
		// The last part is long: a name that ends in a hyphen and six characters looks like an ARN's suffix.
		Name:                 pulumi.String(a.Scope.Path("postgres", a.Store.Name, "credentials")),
		Description:          pulumi.String("The master credentials of " + a.Store.Name),
		KmsKeyId:             a.SecretKeyArn,
		RecoveryWindowInDays: pulumi.Int(window),
		Tags:                 b.tags(),
	}, b.kept(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return nil, nil, err
	}
	value, err := secretsmanager.NewSecretVersion(b.ctx, b.name+"-credentials-value", &secretsmanager.SecretVersionArgs{
		SecretId:     secret.ID(),
		SecretString: credentials(a).ToStringPtrOutput(),
	}, b.child()...)
	return secret, value, err
}

// credentials is the secret's document, in the form that RDS Proxy reads:
// docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-secrets-arns.html.
func credentials(a Args) pulumi.StringOutput {
	return a.Password.ToStringOutput().ApplyT(func(password string) (string, error) {
		text, err := json.Marshal(map[string]any{
			"username": a.username(), "password": password,
			"engine": "postgres", "dbname": DatabaseName(a.Store), "port": Port,
		})
		return string(text), err
	}).(pulumi.StringOutput) // as secret as the password, and the SDK makes every SecretString one
}

// proxyRole lets the proxy read one secret through one key. It returns the
// role and what must stand before it is used.
func (b *builder) proxyRole(secret *secretsmanager.Secret) (*iam.Role, pulumi.Resource, error) {
	role, err := iam.NewRole(b.ctx, b.name+"-proxy-role", &iam.RoleArgs{
		Name:             pulumi.String(b.args.Scope.Role(b.args.Store.Name + "-proxy")),
		Description:      pulumi.String("Lets the database's proxy read the credentials"),
		AssumeRolePolicy: pulumi.String(iampolicy.Trust("rds.amazonaws.com").JSON()),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	region := b.args.Scope.Region
	policy := pulumi.All(secret.Arn, b.args.SecretKeyArn).ApplyT(func(arns []any) (string, error) {
		return credentialsPolicy(fmt.Sprint(arns[0]), fmt.Sprint(arns[1]), region).Checked()
	})
	allowed, err := iam.NewRolePolicy(b.ctx, b.name+"-proxy-secret", &iam.RolePolicyArgs{
		Role: role.Name, Policy: policy,
	}, b.child()...)
	return role, allowed, err
}

func credentialsPolicy(secret, key, region string) iampolicy.Document {
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{Sid: "Read", Actions: []string{"secretsmanager:GetSecretValue"}, Resources: []string{secret}},
		{
			Sid: "Decrypt", Actions: []string{"kms:Decrypt"}, Resources: []string{key},
			Conditions: map[string]map[string][]string{
				"StringEquals": {"kms:ViaService": {"secretsmanager." + region + ".amazonaws.com"}},
			},
		},
	}}
}
