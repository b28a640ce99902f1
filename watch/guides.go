package watch

// Guide is what a person who was told does about one concern.
type Guide struct {
	// Means says what an alarm of the concern tells, and Do what to do, in the order of trying.
	Means string
	Do    []string
}

var statusFirst = "`redoubt status --on aws`: what serves, what each store would lose, which gates would refuse a failover."

// Guides are the runbook's sections, one for each concern.
func Guides() map[Concern]Guide {
	return map[Concern]Guide{
		Lag: {"A copy in the other home falls behind. Half of what may be lost would be lost.", []string{
			"Look whether more is written than usual, and stop what need not run now.",
			"Look at AWS's health page for the service and both regions.",
			"Do not begin a planned move: its gate refuses it while the copy is behind."}},
		RPO: {"Were the home that serves lost now, more would be lost than was promised.", []string{statusFirst,
			"Treat it as the lag of that store (above). A failover now is refused by the gate `loss`, and an override is recorded.",
			"If the prober is silent, see [silence](#silence): the figure is unknown then, not large."}},
		Replication: {"S3 tried for a day and gave objects up: they are in one home alone.", []string{
			"Look at the replication status of a late object: `aws s3api head-object`.",
			"Mend the key, the policy or the bucket that refuses, then replicate what exists with S3 Batch Replication."}},
		Backup: {"A store has no young backup in this home's vault.", []string{
			"Read the message of its last job.", "Start one by hand: `aws backup start-backup-job`.",
			"Preview: a plan or selection that is gone is declared again by an update."}},
		BackupJob: {"A job of AWS Backup failed or did not begin in time.", []string{
			"Read the job's message.", "AWS Backup tries again with the plan's next run; the alarm on the age tells when that is too late."}},
		Copy: {"The backups of the other home do not arrive. Were its region lost, only the replicas would be left.", []string{
			"Look at the copy jobs of the other home.", "A key or vault policy that was changed is the usual cause: preview both homes."}},
		RestoreTest: {"Nobody has proved for a week that the backups of the store can be restored.", []string{
			"Read the validation message of the last restore job.", "Read the history of the state machine that looks at what was restored."}},
		Writes: {"The store takes no writes at the name that follows the switch.", []string{statusFirst,
			"One store alone: `redoubt plan writer-loss`. A whole home: [recovering](recovering.md)."}},
		QueueAge: {"Accepted work waits.", []string{"Look whether the consumers run, and what they log.",
			"Look at the degradation level: a consumer without its model waits on purpose."}},
		DeadLetters: {"A consumer failed at a message as often as it may.", []string{"Read the message and the consumer's log.",
			"Mend the consumer, then move the messages back: `aws sqs start-message-move-task`."}},
		Readiness: {"An agent has less than half of its replicas.", []string{"Describe a pod that is not ready.",
			"After a change: take the image back. Without room: see [capacity](#capacity)."}},
		Zones: {"An agent would not survive the loss of one more zone.", []string{"See whether [nodes](#nodes) says that a zone is lost.",
			"`redoubt plan zone-loss` moves traffic away from a zone that answers badly."}},
		Errors:  {"Users see errors of an agent.", []string{"Read its log.", "Lower its degradation level if what it calls is the cause."}},
		Latency: {"Requests take as long as they may at most.", []string{"Look at the load and the replicas.", "Look at its stores."}},
		Entry: {"Users do not reach an agent in a home. Seen from one side only it may be the line of that side.", []string{statusFirst,
			"Compare both homes' alarms. If both say so, the home is in trouble: [recovering](recovering.md)."}},
		Availability: {"The month's allowed unavailability goes faster than it may.", []string{
			"The other alarms of the tier say why.", "Stop changes to the tier until the rate is down."}},
		Silence: {"A home's prober tells nothing. What it told last is not known to hold.", []string{
			"From the other home: is the region lost? Its agents' [entry](#entry) says.",
			"Otherwise look at the prober's pods and its role."}},
		Nodes: {"A zone has no machine.", []string{"Look at the node group of the zone and its events.",
			"While the zone is lost: `redoubt plan zone-loss`."}},
		Certificate: {"ACM has not renewed the certificate in time.", []string{"Look at its validation record in the zone, and preview."}},
		Key: {"What the key protects cannot be read soon, or now.", []string{
			"Cancel at once: `aws kms cancel-key-deletion`, then `aws kms enable-key`.", "Find who did it in CloudTrail."}},
		Quota:      {"A recovery would stop at a limit.", []string{"Update: `components/quotas` asks for more. A person at AWS may have to approve."}},
		Exhaustion: {"The room will be used up.", []string{"Raise the quota now: it can take days.", "Find what grows."}},
		Capacity:   {"Little room is left, or much more is used than usual.", []string{"List what runs.", "Raise the quota."}},
		Line:       {"The way between the homes is slow.", []string{"Look at AWS's health page.", "Expect [lag](#lag); do not begin a planned move."}},
		Transfer:   {"Far more is written than usual.", []string{"Find the writer: a load that was begun by hand, or a loop."}},
		Drift: {"Nobody knows whether what stands is what is declared.", []string{"Run the comparison and read what it found.",
			"When it found nothing, put the record: see [records](#records)."}},
		Drill: {"What was proved is old.", []string{"Drill, and put the record: see [records](#records)."}},
		Measured: {"What the simulated regions say was not held against AWS for a quarter, or never.", []string{
			"Look at the last line of `docs/drills.jsonl`: if it is young, it was not recorded: `redoubt record measured --on aws`.",
			"Otherwise drill the sandbox, with its cost and its guards: [each quarter](drills-real.md#each-quarter)."}},
		Forecast: {"On AWS a recovery took far longer than the simulated regions had told: what `redoubt assess` predicts, and plans wait for, is too short.",
			[]string{"Find the steps that took longer than their budgets in the drill's report.",
				"Put what was measured into `timings/timings.yaml` with its source, and look whether `redoubt assess` still holds the objectives.",
				"The alarm ends with the record of a drill that came as near as predicted."}},
		Inventory: {"A recovery from this home would go by identifiers of the other one that are old.", []string{
			"Update this home; it takes the peer's inventory over."}},
		Return: {"The arbiter's judge took a home for lost, and it runs: agents there that ask for no lease write beside the home that serves.", []string{
			"Status names what runs there. If the work was not taken over yet, do that first: [recovering](recovering.md).",
			"`redoubt plan rebuild --out rebuild.json`, then `redoubt run rebuild.json`: it stops the old writers and lets the stores follow. " +
				"A planned move waits for it: its gate refuses while old writers run.",
			"The alarm ends when the plan has said in the [word](arbiter.md#plans-and-the-word) that the home stands by again."}},
		Test: {"A test.", []string{"Acknowledge it as any page. If it did not arrive, look at the subscriptions of the topic."}},
	}
}
