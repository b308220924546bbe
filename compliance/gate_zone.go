package compliance

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // a machine without a zone database must not read every zone as unknown
)

// zoneCacheSize bounds what a column of nonsense can make the cache hold; there are about 600 names in use.
const zoneCacheSize = 2048

// zones finds time zones by their IANA names. It keeps what it found, because each message asks. Safe for concurrent use:
// readers take no lock, a writer replaces the map.
type zones struct {
	known atomic.Pointer[map[string]*time.Location]
	write sync.Mutex
}

// find returns the zone of that name, or nil when there is none.
func (z *zones) find(name string) *time.Location {
	if m := z.known.Load(); m != nil {
		if loc, ok := (*m)[name]; ok {
			return loc
		}
	}
	loc := loadZone(name)
	z.keep(name, loc)
	return loc
}

func (z *zones) keep(name string, loc *time.Location) {
	z.write.Lock()
	defer z.write.Unlock()
	next := map[string]*time.Location{}
	if m := z.known.Load(); m != nil {
		if len(*m) >= zoneCacheSize {
			return
		}
		next = maps.Clone(*m)
	}
	next[name] = loc
	z.known.Store(&next)
}

// loadZone returns nil for "" and "Local" too: neither says where the recipient is.
func loadZone(name string) *time.Location {
	if name == "" || name == "Local" {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// zone compiles a zone name of the mapping.
func (w with) zone(path, name string) (*time.Location, error) {
	if loc := loadZone(name); loc != nil {
		return loc, nil
	}
	return nil, w.errorf(path, "%q is no time zone; expected an IANA name such as Asia/Shanghai", name)
}
