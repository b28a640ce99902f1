package world

import (
	"slices"
	"strings"
)

// zones lists the letters of the availability zones that an account sees in
// each region (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html).
// Which letters a given account sees is assumed.
var zones = map[string]string{
	"af-south-1": "abc", "ap-east-1": "abc", "ap-northeast-1": "acd", "ap-northeast-2": "abcd", "ap-northeast-3": "abc",
	"ap-south-1": "abc", "ap-south-2": "abc", "ap-southeast-1": "abc", "ap-southeast-2": "abc", "ap-southeast-3": "abc",
	"ap-southeast-4": "abc", "ap-southeast-5": "abc", "ap-southeast-7": "abc", "ca-central-1": "abd", "ca-west-1": "abc",
	"eu-central-1": "abc", "eu-central-2": "abc", "eu-north-1": "abc", "eu-south-1": "abc", "eu-south-2": "abc",
	"eu-west-1": "abc", "eu-west-2": "abc", "eu-west-3": "abc", "il-central-1": "abc", "me-central-1": "abc",
	"me-south-1": "abc", "mx-central-1": "abc", "sa-east-1": "abc", "us-east-1": "abcdef", "us-east-2": "abc",
	"us-west-1": "ac", "us-west-2": "abcd",
}

// Zones lists the availability zones of a region by name; none for a region
// that the world does not know.
func Zones(region string) []string {
	var out []string
	for _, letter := range zones[region] {
		out = append(out, region+string(letter))
	}
	return out
}

func isZone(region, zone string) bool { return slices.Contains(Zones(region), zone) }

// ZoneID is the id that means the same zone in every account (assumed to
// follow the order of the names).
func ZoneID(zone string) string {
	region, letter := zone[:len(zone)-1], zone[len(zone)-1:]
	part := strings.Split(region, "-")
	short := part[0]
	for _, d := range []string{"north", "south", "central", "east", "west"} {
		if strings.Contains(part[1], d) {
			short += d[:1]
		}
	}
	return short + part[2] + "-az" + string('1'+rune(strings.Index(zones[region], letter)))
}

// regionOfARN is the region field of an ARN.
func regionOfARN(arn string) string {
	if part := strings.SplitN(arn, ":", 6); len(part) == 6 {
		return part[3]
	}
	return ""
}
