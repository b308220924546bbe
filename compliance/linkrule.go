package compliance

import (
	"fmt"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/scruple/scruple"
)

// linkRule is a check of where links lead.
type linkRule struct {
	mismatch, disguise, insecure bool
	allow                        []string
	deny                         map[string]bool
}

func (c *compiler) compileLinks(s *renderSource) (*linkRule, *specError) {
	k := &linkRule{deny: map[string]bool{}}
	if e := among(".render.find", s.Find, []string{"mismatch", "disguise", "insecure"}); e != nil {
		return nil, e
	}
	for _, f := range s.Find {
		k.mismatch = k.mismatch || f == "mismatch"
		k.disguise = k.disguise || f == "disguise"
		k.insecure = k.insecure || f == "insecure"
	}
	var err *specError
	if k.allow, err = c.domains(".render.allow", s.Allow); err != nil {
		return nil, err
	}
	deny, err := c.domains(".render.deny", s.Deny)
	for _, d := range deny {
		k.deny[d] = true
	}
	if len(s.Find)+len(k.allow)+len(k.deny) == 0 {
		return nil, &specError{".render", "check links needs find, allow or deny"}
	}
	return k, err
}

// domains returns a list of domains, with those of lexicons in place of their names.
func (c *compiler) domains(path string, list []string) ([]string, *specError) {
	var out []string
	for i, d := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if name, is := strings.CutPrefix(d, "@"); is {
			if _, there := c.lexicons[name]; !there {
				return nil, &specError{at, fmt.Sprintf("no lexicon %q", d)}
			}
			out = append(out, c.lexicons[name]...)
			continue
		}
		if d != strings.ToLower(d) || strings.ContainsAny(d, ":/@ ") || !strings.Contains(d, ".") {
			return nil, &specError{at, fmt.Sprintf("%q: expected a domain in small letters such as calder.example", d)}
		}
		out = append(out, d)
	}
	return out, nil
}

func (k *linkRule) eval(x *exam, r *Rule) {
	found := x.t.addresses()
	for i := range found {
		if fault := k.fault(found, i); fault != "" {
			x.foundAddress(r, &found[i], fault)
		}
	}
}

// foundAddress reports a finding about an address.
func (x *exam) foundAddress(r *Rule, a *address, detail string) {
	f := scruple.Finding{Rule: r.ID, Kind: r.Kind, Verdict: r.Verdict, Detail: detail, Part: "html", Start: int(a.start), End: int(a.end)}
	if a.piece >= 0 {
		p := &x.t.pieces[a.piece]
		f.Part = p.name
		if p.origin != nil {
			f.Start, f.End = original(p.origin, f.Start, false), original(p.origin, f.End, true)
		}
	}
	f.Quote = x.t.quote(f.Part, f.Start, f.End)
	x.out = append(x.out, f)
}

// fault says what is wrong with an address, or "".
func (k *linkRule) fault(all []address, i int) string {
	a := &all[i]
	if d := under(a.host, k.deny); d != "" {
		return "it leads through " + d + ", which hides where it ends"
	}
	if k.mismatch && a.shown != "" && site(a.shown) != site(a.host) {
		return fmt.Sprintf("the text shows %s, and the link leads to %s", a.shown, a.host)
	}
	if k.disguise {
		if d := disguised(a); d != "" {
			return d
		}
		for j := range min(i, maxCompared) {
			if o := &all[j]; o.host != a.host && poses(a.host, o.host) {
				return fmt.Sprintf("%s can be taken for %s", a.host, o.host)
			}
		}
	}
	if len(k.allow) > 0 {
		if d := k.strange(a); d != "" {
			return d
		}
	}
	if k.insecure && a.scheme == "http" {
		return "the link is not encrypted: http"
	}
	return ""
}

// maxCompared bounds the addresses of a message that each of its others is compared with.
const maxCompared = 64

// strange says why a host is none of those that are allowed.
func (k *linkRule) strange(a *address) string {
	for _, d := range k.allow {
		if below(a.host, d) {
			return ""
		}
	}
	for _, d := range k.allow {
		if poses(a.host, d) {
			return fmt.Sprintf("%s can be taken for %s", a.host, d)
		}
	}
	return a.host + " is none of the domains that messages may lead to"
}

// below reports whether a host is a domain, or stands below it.
func below(host, domain string) bool {
	rest, ok := strings.CutSuffix(host, domain)
	return ok && (rest == "" || rest[len(rest)-1] == '.')
}

// under returns the domain of the list that a host stands below, or "".
func under(host string, list map[string]bool) string {
	for len(list) > 0 && host != "" {
		if list[host] {
			return host
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return ""
}

// site returns the part of a host that somebody registered: calder.example of www.calder.example.
func site(host string) string {
	if s, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return s
	}
	return host
}
