//go:build linux

package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"redoubt/internal/motofront"
	"redoubt/inventory"
	"redoubt/system"
)

// Machine is what all rounds share: the programs, an empty cluster to copy, moto.
type Machine struct {
	dir, bin, redis, clean string
	as                     *syscall.Credential
	moto                   *process
	front                  *motofront.Front
	// motoPort is the front's.
	motoPort int
	// round is the folder of the pair that runs.
	round  string
	rounds int
}

// Missing says which program is not installed, nil when a machine can be opened.
func Missing() error {
	_, err1 := PostgresBin()
	_, err2 := Unprivileged()
	_, err3 := redisServer()
	_, err4 := motoServer()
	return errors.Join(err1, err2, err3, err4)
}

// Open prepares a machine in a new folder. Close it.
func Open(ctx context.Context) (*Machine, error) {
	goredis.SetLogger(silent{})
	m := &Machine{}
	var err1, err2, err3, err4 error
	m.bin, err1 = PostgresBin()
	m.as, err2 = Unprivileged()
	m.redis, err3 = redisServer()
	sweep(room())
	m.dir, err4 = os.MkdirTemp(room(), fmt.Sprintf("%s%d-", folder, os.Getpid()))
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return nil, err
	}
	if err := errors.Join(m.template(), m.startMoto(ctx)); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	return m, nil
}

// folder begins the name of a machine's folder; the number of its process follows.
const folder = "redoubt-local-"

// sweep removes the folders of programs that were ended before they could.
func sweep(room string) {
	if room == "" {
		room = os.TempDir()
	}
	left, _ := filepath.Glob(filepath.Join(room, folder+"*"))
	for _, dir := range left {
		var pid int
		if _, err := fmt.Sscanf(filepath.Base(dir), folder+"%d-", &pid); err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			_ = os.RemoveAll(dir)
		}
	}
}

// room is where data goes: into memory where there is enough of it, because a disk that others use answers commits when it
// likes. Files in memory outlive a killed process as those on a disk do, and no more is asked of them here.
func room() string {
	const memory, enough = "/dev/shm", 2 << 30
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err == nil && fs.Bavail*uint64(fs.Bsize) >= enough {
		return memory
	}
	return ""
}

// Close ends what runs and removes the folder.
func (m *Machine) Close() error {
	_, err := m.moto.kill()
	return errors.Join(m.front.Close(), err, os.RemoveAll(m.dir))
}

// give lets the user of PostgreSQL have a file or a folder.
func (m *Machine) give(path string) error {
	if m.as == nil {
		return nil
	}
	return os.Chown(path, int(m.as.Uid), int(m.as.Gid))
}

// Pair is two homes with one store of each kind. The primary serves until the switch is moved.
type Pair struct {
	System    *system.System
	Inventory inventory.Inventory

	m         *Machine
	databases map[system.Home]*postgres
	caches    map[system.Home]*redis
	// names follow the switch; links are what replicas follow through; roads lead to a home's AWS stores.
	names, links map[string]*Line
	roads        map[system.Home]*Line
	// direct are the AWS stores past the roads: for the copies between the homes, and for the truth.
	direct map[system.Home]cloud
	copies *copier

	mu     sync.Mutex
	active system.Home
	// moved is when the switch was moved.
	moved time.Time
	// taken are the values of the switch's metric that each home has put last.
	taken map[system.Home]float64
}

// Lag is how far the AWS stores of one home are behind those of the other.
const Lag = 500 * time.Millisecond

// Pair starts two homes. Close it before the next one.
func (m *Machine) Pair(ctx context.Context) (*Pair, error) {
	m.rounds++
	m.round = filepath.Join(m.dir, fmt.Sprintf("round-%d", m.rounds))
	if err := errors.Join(os.Mkdir(m.round, 0o755), m.give(m.round)); err != nil {
		return nil, err
	}
	p := &Pair{System: theSystem(), Inventory: theInventory(), m: m, active: system.Primary,
		databases: map[system.Home]*postgres{}, caches: map[system.Home]*redis{},
		names: map[string]*Line{}, links: map[string]*Line{}, roads: map[system.Home]*Line{},
		direct: map[system.Home]cloud{}, taken: map[system.Home]float64{}}
	if err := errors.Join(p.start(ctx)); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Pair) start(ctx context.Context) (err error) {
	for _, home := range system.Homes {
		if p.roads[home], err = NewLine(loopback(p.m.motoPort)); err != nil {
			return err
		}
		p.direct[home] = cloudAt(home, p.m.motoPort)
	}
	if err := p.makeStores(ctx); err != nil {
		return fmt.Errorf("make the AWS stores: %w", err)
	}
	if p.databases[system.Primary], err = p.m.newPostgres(ctx, "tasks-primary", 0); err != nil {
		return err
	}
	if p.caches[system.Primary], err = p.m.newRedis(ctx, "recall-primary", 0); err != nil {
		return err
	}
	for store, port := range map[string]int{
		Tasks: p.databases[system.Primary].port, Recall: p.caches[system.Primary].port} {
		var err1, err2 error
		p.names[store], err1 = NewLine(loopback(port))
		p.links[store], err2 = NewLine(loopback(port))
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
	}
	p.copies = copyFrom(p, Lag)
	if p.databases[system.Secondary], err = p.m.newPostgres(ctx, "tasks-secondary", p.links[Tasks].Port()); err != nil {
		return err
	}
	if p.caches[system.Secondary], err = p.m.newRedis(ctx, "recall-secondary", p.links[Recall].Port()); err != nil {
		return err
	}
	return errors.Join(p.databases[system.Secondary].follows(ctx), p.caches[system.Secondary].follows(ctx))
}

// Close ends both homes and removes their data.
func (p *Pair) Close() error {
	var errs []error
	if p.copies != nil {
		errs = append(errs, p.copies.stop())
	}
	for _, home := range system.Homes {
		if d := p.databases[home]; d != nil {
			errs = append(errs, d.quit())
		}
		if c := p.caches[home]; c != nil {
			_, err := c.kill()
			errs = append(errs, err)
		}
		if r := p.roads[home]; r != nil {
			r.Close()
		}
	}
	for _, all := range []map[string]*Line{p.names, p.links} {
		for _, l := range all {
			if l != nil {
				l.Close()
			}
		}
	}
	return errors.Join(append(errs, os.RemoveAll(p.m.round))...)
}

func (p *Pair) store(home system.Home, store string) inventory.Store {
	return p.Inventory.Homes[home].Stores[store]
}

// Active is the home that serves, as the switch says.
func (p *Pair) Active(context.Context) (system.Home, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.active, nil
}

// Cut ends the copying of a store to the other home: what is written from now on does not arrive.
func (p *Pair) Cut(store string) { p.links[store].Lead("") }

// lose kills the primary home: its database and its cache with SIGKILL, the way to its
// AWS stores, and the copies from them. It returns when each store was lost.
func (p *Pair) lose() (map[string]death, error) {
	out := map[string]death{}
	p.roads[system.Primary].Lead("")
	cut := p.roads[system.Primary].Changed()
	for _, store := range []string{Sessions, Artifacts, Work} {
		out[store] = death{cut, cut}
	}
	var err1, err2 error
	out[Tasks], err1 = p.databases[system.Primary].kill()
	out[Recall], err2 = p.caches[system.Primary].kill()
	return out, errors.Join(err1, err2, p.copies.stop())
}
