package system_test

import "testing"

func TestParse_stores(t *testing.T) {
	t.Parallel()
	const ledger = "retention: {pitrDays: 14, hourlyDays: 7, dailyDays: 35, weeklyDays: 90, monthlyDays: 365, lockDays: 7}"
	checkEdits(t, []edit{
		{"size of zero", "sizeGiB: 500", "sizeGiB: §0", `store "files": sizeGiB is 0, want at least 1`, ""},
		{"queue below zero", "kind: queue\n", "kind: queue\n    sizeGiB: §-1\n", "sizeGiB is -1", ""},
		{
			"forwarding table", "kind: table\n", "kind: table\n    writeForwarding: §true\n",
			`"notes" is a table with writeForwarding`, "",
		},
		{
			"rebuilt bucket", "kind: bucket\n", "kind: bucket\n    rebuildFrom: §ledger\n",
			`"files" is a bucket with rebuildFrom`, "",
		},
		{"no point in time", ledger, "retention: §{dailyDays: 35}", "has no pitrDays, want 1 to 35", ""},
		{"point in time of zero", "pitrDays: 14", "pitrDays: §0", "pitrDays is 0, want 1 to 35", ""},
		{"point in time too far", "pitrDays: 14", "pitrDays: §36", "pitrDays is 36, want 1 to 35", ""},
		{
			"point in time of a queue", "kind: queue\n", "kind: queue\n    retention: {pitrDays: §7}\n",
			"is a queue, which cannot be restored", "",
		},
		{
			"hourly backups of a cache", "rebuildFrom: ledger", "rebuildFrom: ledger\n    retention: {hourlyDays: §1}",
			"has no backup of this frequency", "",
		},
		{
			"snapshots for too long", "rebuildFrom: ledger", "rebuildFrom: ledger\n    retention: {dailyDays: §36}",
			"at most 35 for a cache", "",
		},
		{
			"cold storage of a database", "monthlyDays: 365, lockDays: 7", "monthlyDays: 365, lockDays: 7, coldAfterDays: §30",
			"is a postgres with coldAfterDays: AWS Backup has no cold storage for Aurora", "",
		},
		{
			"cold storage that is left too soon", "sizeGiB: 10\n    retention: {pitrDays: 35, dailyDays: 35, lockDays: 7}",
			"sizeGiB: 10\n    retention: {pitrDays: 35, dailyDays: 35, monthlyDays: 100, lockDays: 7, coldAfterDays: §11}",
			"monthlyDays is 100, want at least the 90 days of cold storage after coldAfterDays 11", "101 days",
		},
		{
			"cold storage below zero", "monthlyDays: 365, lockDays: 7", "monthlyDays: 365, lockDays: 7, coldAfterDays: §-1",
			"coldAfterDays is -1, want at least 0", "",
		},
		{"no backup", ledger, "retention: §{pitrDays: 14}", `store "ledger" has no backup`, "dailyDays"},
		{
			"backup below zero", "dailyDays: 35, weeklyDays: 90", "dailyDays: §-1, weeklyDays: 90",
			"dailyDays is -1, want 0 to 36500", "",
		},
		{
			"kept for less than a week", "hourlyDays: 7, dailyDays: 35, weeklyDays: 90, monthlyDays: 365, lockDays: 7",
			"weeklyDays: §6", "weeklyDays is 6, want at least the 7 days", "",
		},
		{
			"daily less than hourly", "hourlyDays: 7, dailyDays: 35", "hourlyDays: 40, dailyDays: §35",
			"dailyDays is 35, less than hourlyDays with 40", "",
		},
		{"weekly less than daily", "weeklyDays: 90", "weeklyDays: §30", "weeklyDays is 30, less than dailyDays with 35", ""},
		{
			"monthly less than daily", "weeklyDays: 90, monthlyDays: 365", "monthlyDays: §31",
			"monthlyDays is 31, less than dailyDays with 35", "",
		},
		{
			"lock longer than kept", "monthlyDays: 365, lockDays: 7", "monthlyDays: 365, lockDays: §8",
			"lockDays is 8, longer than hourlyDays with 7", "at most 7",
		},
		{
			"lock longer than point in time", "pitrDays: 35, dailyDays: 35}", "pitrDays: 6, dailyDays: 35, lockDays: §7}",
			"longer than pitrDays with 6", "",
		},
		{"lock below zero", "monthlyDays: 365, lockDays: 7", "monthlyDays: 365, lockDays: §-7", "lockDays is -7", ""},
	})
}
