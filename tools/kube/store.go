package main

import (
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/embed"
)

// store runs etcd, with one member that keeps nothing longer than it runs, until it
// is stopped: it does not wait for the disk.
func store() int {
	cfg := embed.NewConfig()
	flags := pflag.NewFlagSet("store", pflag.ContinueOnError)
	flags.StringVar(&cfg.Dir, "dir", "", "where it keeps its data")
	client := flags.String("client", "", "the address at which the API server asks")
	peer := flags.String("peer", "", "the address at which no other member will ask")
	if err := flags.Parse(os.Args[1:]); err != nil {
		return complain(err)
	}
	for to, address := range map[*[]url.URL]string{
		&cfg.ListenClientUrls: *client, &cfg.AdvertiseClientUrls: *client,
		&cfg.ListenPeerUrls: *peer, &cfg.AdvertisePeerUrls: *peer,
	} {
		at, err := url.Parse(address)
		if err != nil {
			return complain(err)
		}
		*to = []url.URL{*at}
	}
	cfg.InitialCluster = cfg.InitialClusterFromName(cfg.Name)
	cfg.UnsafeNoFsync, cfg.LogLevel = true, "warn"
	etcd, err := embed.StartEtcd(cfg)
	if err != nil {
		return complain(err)
	}
	defer etcd.Close()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	select {
	case <-stop:
		return 0
	case err := <-etcd.Err():
		return complain(err)
	}
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
