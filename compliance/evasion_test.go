package compliance

import (
	"testing"

	"github.com/scruple/scruple"
)

// Disguises of other sorts, and the words to which the finding points.
func TestDisguisesPointAtTheirWords(t *testing.T) {
	for _, tc := range []struct {
		market scruple.Market
		html   bool
		text   string
		want   string
	}{
		{scruple.UK, false, "Our \u202Esnruter deetnaraug\u202C are here", "snruter deetnaraug"},
		{scruple.CN, false, "本基金\u202E赚稳\u202C，欢迎", "赚稳"},
		{scruple.UK, false, "Get 🇬🇺🇦🇷🇦🇳🇹🇪🇪🇩 returns", "🇬🇺🇦🇷🇦🇳🇹🇪🇪🇩 returns"},
		{scruple.UK, false, "ɢᴜᴀʀᴀɴᴛᴇᴇᴅ returns", "ɢᴜᴀʀᴀɴᴛᴇᴇᴅ returns"},
		{scruple.UK, false, "🅖🅤🅐🅡🅐🅝🅣🅔🅔🅓 returns", "🅖🅤🅐🅡🅐🅝🅣🅔🅔🅓 returns"},
		{scruple.UK, false, "⒢⒰⒜⒭⒜⒩⒯⒠⒠⒟ returns", "⒢⒰⒜⒭⒜⒩⒯⒠⒠⒟ returns"},
		{scruple.UK, false, "gua,ran,teed returns", "gua,ran,teed returns"},
		{scruple.UK, false, "g|u|a|r|a|n|t|e|e|d returns", "g|u|a|r|a|n|t|e|e|d returns"},
		{scruple.UK, false, "gu*ranteed returns", "gu*ranteed returns"},
		{scruple.UK, false, "a g u a r a n t e e d r e t u r n here", "g u a r a n t e e d r e t u r n"},
		{scruple.UK, false, "6u4r4nt33d returns", "6u4r4nt33d returns"},
		{scruple.UK, false, "r\ni\ns\nk\nf\nr\ne\ne", "r\ni\ns\nk\nf\nr\ne\ne"},
		{scruple.CN, false, "本基金保|本", "保|本"},
		{scruple.CN, false, "本基金保（本）", "保（本"},
		{scruple.CN, false, "本基金保、本、保、息", "保、本"},
		{scruple.CN, false, "稳！赚！不！赔！", "稳！赚"},
		{scruple.CN, false, "本基金bǎo本", "bǎo本"},
		{scruple.CN, false, "到期保Ben保xi", "保Ben"},
		{scruple.CN, false, "无feng险理财", "无feng险"},
		{scruple.CN, false, "ling风险理财", "ling风险"},
		{scruple.CN, false, "本基金亻呆本", "亻呆本"},
		{scruple.CN, false, "本基金保丶本", "保丶本"},
		{scruple.CN, true, "<table><tr><td>保</td><td>本</td></tr></table>", "保</td><td>本"},
		{scruple.UK, true, "guar<span style=\"display:none\">x</span>anteed returns", "guar<span style=\"display:none\">x</span>anteed returns"},
		{scruple.UK, true, "g<br>u<br>a<br>r<br>a<br>n<br>t<br>e<br>e<br>d returns", "g<br>u<br>a<br>r<br>a<br>n<br>t<br>e<br>e<br>d returns"},
		{scruple.UK, true, "<p>&#x67;uar&#8203;anteed ret&shy;urns</p>", "&#x67;uar&#8203;anteed ret&shy;urns"},
	} {
		s := sample{market: tc.market, product: "fund"}
		m := s.message(tc.text, tc.html)
		found := false
		fs := s.check(t, m)
		for i := range fs {
			spanInside(t, m, &fs[i])
			found = found || fs[i].Kind == kindClaim && fs[i].Quote == tc.want
		}
		if !found {
			t.Errorf("%q: want %q in %+v", tc.text, tc.want, fs)
		}
	}
}

// The disguise is found by itself, and points at its bytes.
func TestDisguiseIsAFinding(t *testing.T) {
	for _, tc := range []struct{ text, rule, quote string }{
		{"Open \u202Etnuocca\u202C today", "uk.direction-override", "\u202Etnuocca\u202C today"},
		{"An ассount for you", "uk.look-alike-letters", "ассount"},
		{"A new sav\u200bings account", "uk.unseen-signs", "sav\u200bings"},
		{"A g.u.a.r.a.n.t.e.e.d plan", "uk.letters-held-apart", "g.u.a.r.a.n.t.e.e.d"},
		{"A gu@rant33d plan", "uk.letters-held-apart", "gu@rant33d"},
	} {
		if got := quotes(check(t, scruple.UK, "fund", tc.text), tc.rule); len(got) != 1 || got[0] != tc.quote {
			t.Errorf("%q: %s %q, want %q", tc.text, tc.rule, got, tc.quote)
		}
	}
}

// A slip is read as the hard word that it is near, and a right word as itself.
func TestSlips(t *testing.T) {
	for word, want := range map[string]string{
		"guarnteed": "guaranteed", "guaranteeed": "guaranteed", "gauranteed": "guaranteed", "guarunteed": "guaranteed", "Guaranted": "guaranteed", "retunrs": "returns",
		"morgage": "mortgage", "aproved": "approved", "rsikfree": "riskfree", "investmnet": "investment",
		"guaranteed": "", "guarantor": "", "projected": "", "projection": "", "principle": "", "injured": "", "ensured": "", "return": "", "double": "", "billionaire": "",
		"certainly": "", "internet": "", "instance": "", "premise": "", "oversight": "", "capitol": "", "depots": "", "constant": "", "retained": "", "insurers": "",
	} {
		got := ""
		if n := slipIndex().of(word); n >= 0 {
			got = slipIndex().hard[n]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

// The grammar loads, and each term of each list can be compiled.
func TestGrammarLoads(t *testing.T) {
	all := languages()
	if len(all) != 2 || len(all[0].Slips) < 55 || len(all[1].Pinyin) < 40 {
		t.Errorf("%d languages, %d slips, %d syllables", len(all), len(all[0].Slips), len(all[1].Pinyin))
	}
	for _, w := range all[0].Slips {
		if len(w) < 7 || len(w) > longestWord {
			t.Errorf("a hard word of %d letters: %s", len(w), w)
		}
	}
	newCompiler(nil, &termForms{known: map[string][]pattern{}})
}
