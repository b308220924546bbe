package compliance

import (
	"strings"
	"testing"
	"testing/fstest"
)

const sound = `market: cn
rules:
- id: cn.sample
  kind: claim
  verdict: block
  basis: [{law: 样法, article: "1", from: 2020-01-01, source: read}]
  title: {en: Sample}
  why: {en: A sample.}
  fix: {en: Drop it.}
  match: {any: [坏词]}
  flag: [有坏词, 坏词在此]
  pass: [没有坏词, 好词]
`

func files(src string) fstest.MapFS { return fstest.MapFS{"cn/sample.yaml": {Data: []byte(src)}} }

func TestLoadSaysWhatIsWrong(t *testing.T) {
	for name, tc := range map[string]struct{ old, new, want string }{
		"unknown key":        {"verdict:", "verdct:", `cn/sample.yaml:5:3: unknown key "verdct"; did you mean "verdict"?`},
		"no basis":           {"  basis: [{law: 样法, article: \"1\", from: 2020-01-01, source: read}]\n", "", "has no basis"},
		"unverified blocks":  {"source: read", "source: unverified", "may hold and never block"},
		"unknown source":     {"source: read", "source: heard", `source "heard"`},
		"bad date":           {"2020-01-01", "2020-13-01", "expected a date"},
		"one flag":           {"[有坏词, 坏词在此]", "[有坏词]", "1 flag and 2 pass"},
		"flag not flagged":   {"坏词在此", "好词在此", "cn/sample.yaml:11:15: the rule finds nothing"},
		"pass flagged":       {"没有坏词, 好词", "没有坏词, 坏词", `must pass: "坏词"`},
		"another kind's key": {"match: {any", "units: []\n  match: {any", `key "units" does not belong`},
		"unknown kind":       {"kind: claim", "kind: clam", `kind "clam"`},
		"id of another book": {"cn.sample", "uk.sample", `expected "cn."`},
		"unknown lexicon":    {"[坏词]}", `["@bad"]}`, "no lexicon"},
		"term over clauses":  {"[坏词]}", "[坏，词]}", "ends a clause"},
		"term unbalanced":    {"[坏词]}", "[(坏|词]}", "is missing"},
		"unknown product":    {"title: {en: Sample}", "applies: {products: [fnd]}\n  title: {en: Sample}", `did you mean "fund"?`},
		"market":             {"market: cn", "market: xx", `market "xx"`},
	} {
		t.Run(name, func(t *testing.T) {
			src := strings.Replace(sound, tc.old, tc.new, 1)
			if src == sound {
				t.Fatal("the change changes nothing")
			}
			_, err := Load(files(src))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestLoadReportsAllFaultsOfAllFiles(t *testing.T) {
	fsys := fstest.MapFS{
		"cn/a.yaml": {Data: []byte(strings.Replace(sound, "source: read", "source: heard", 1))},
		"cn/b.yaml": {Data: []byte("market: [\n")},
		"cn/c.yaml": {Data: []byte(strings.Replace(sound, "kind: claim", "kind: clam", 1))},
	}
	_, err := Load(fsys)
	for _, file := range []string{"cn/a.yaml:6", "cn/b.yaml", "cn/c.yaml:4"} {
		if err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("no fault of %s in: %v", file, err)
		}
	}
}

func TestFirmsAddRules(t *testing.T) {
	b, err := Load(Rules, files(sound))
	if err != nil {
		t.Fatal(err)
	}
	r, ok := b.Rule("cn.sample")
	if !ok || r.File != "cn/sample.yaml" || r.Line != 3 || len(b.Rules()) != len(book(t).Rules())+1 || b.Digest() == book(t).Digest() {
		t.Errorf("rule %+v", r)
	}
	if _, err := Load(files(sound), files(sound)); err == nil || !strings.Contains(err.Error(), `id "cn.sample" is taken by cn/sample.yaml:3`) {
		t.Errorf("a duplicate id: got %v", err)
	}
}

func TestShippedRulesTellTheirStory(t *testing.T) {
	for _, r := range book(t).Rules() {
		if r.Line == 0 || r.Title.In("en") == "" || r.Why.In("zh-CN") == "" || r.Fix.In("en") == "" {
			t.Errorf("%s: line %d, title %q", r.ID, r.Line, r.Title.In("en"))
		}
	}
}
