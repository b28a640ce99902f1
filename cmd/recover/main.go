// Command recover is the one function that a home's state machine invokes: it takes a turn of a recovery.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"redoubt/internal/awsport"
	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/recovery/conduct"
	"redoubt/recovery/plan"
	"redoubt/system"
)

func main() {
	h, err := handler(context.Background(), system.Home(os.Getenv("REDOUBT_HOME")), os.Getenv("REDOUBT_BUCKET"))
	if err != nil {
		fmt.Fprintf(os.Stderr, "recover: error: %v\n", err)
		os.Exit(1)
	}
	lambda.Start(h.Handle)
}

func handler(ctx context.Context, home system.Home, bucket string) (conduct.Handler, error) {
	if !home.Valid() || bucket == "" {
		return conduct.Handler{}, fmt.Errorf("REDOUBT_HOME is %q and REDOUBT_BUCKET %q, want a home and its control bucket", home, bucket)
	}
	cfg, err := awsport.Load(ctx)
	if err != nil {
		return conduct.Handler{}, err
	}
	own := awsport.New(cfg, awsport.Options{Regions: map[system.Home]string{home: cfg.Region}}).Patient()
	return conduct.Handler{Home: home, Bucket: bucket, Own: own, Clock: clock.Wall{}, Fits: awsport.CheckPlan,
		Start: awsport.NewExecutions(cfg, cfg.Region).Start,
		Calls: func(inv inventory.Inventory) plan.Port {
			o := awsport.OptionsOf(inv)
			o.Probe = awsport.Gateway{}
			return awsport.New(cfg, o)
		}}, nil
}
