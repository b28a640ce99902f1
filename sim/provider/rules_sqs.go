package provider

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var rulesOfSQS = map[string][]rule{
	"aws:sqs/queue:Queue": {
		matches("name", `^[a-zA-Z0-9_-]{1,75}\.fifo$|^[a-zA-Z0-9_-]{1,80}$`, "1 to 80 letters, digits, _ and -, .fifo at most at the end"),
		between("receiveWaitTimeSeconds", 0, 20),
		{"", ordered},
	},
}

// ordered: the name of a FIFO queue ends in .fifo, and that of no other.
func ordered(obj resource.PropertyMap) []Failure {
	name, known := plain(obj["name"])
	if !known || !name.IsString() {
		return nil
	}
	if fifo := truth(obj, "fifoQueue"); fifo != strings.HasSuffix(name.StringValue(), ".fifo") {
		return []Failure{{"name", fmt.Sprintf("is %q and fifoQueue is %t: the ending .fifo says the same", name.StringValue(), fifo)}}
	}
	return nil
}
