// AWSGuard with its defaults: every rule warns. The engine's configuration says which are judged.
const { AwsGuard } = require("@pulumi/awsguard");
new AwsGuard();
