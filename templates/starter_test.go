package templates

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/scruple/scruple"
)

// eachStarter runs a test for every template of the starter library.
func eachStarter(t *testing.T, test func(t *testing.T, name string)) {
	t.Helper()
	found := 0
	err := fs.WalkDir(Library, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".liquid") {
			found++
			t.Run(strings.TrimSuffix(d.Name(), ".liquid"), func(t *testing.T) { test(t, name) })
		}
		return err
	})
	if err != nil || found < 14 {
		t.Fatalf("found %d starter templates, want 14 or more: %v", found, err)
	}
}

// sampleValues holds a value for every slot of a template.
func sampleValues(tp *Template) Values {
	v := Values{Recipient: &scruple.Recipient{ID: "1"}, Product: &scruple.Product{Name: "示例 Fund & Co <1>", Risk: "R2", Terms: map[string]string{}}, Campaign: map[string]string{}}
	var columns []string
	for _, s := range tp.Slots {
		rest, isProduct := strings.CutPrefix(s.Name, "product.")
		switch {
		case s.From == "recipient":
			columns = append(columns, s.Name)
			v.Recipient.Values = append(v.Recipient.Values, sample(&s))
		case s.From == "campaign":
			v.Campaign[strings.TrimPrefix(s.Name, "campaign.")] = sample(&s)
		case isProduct && strings.HasPrefix(rest, "rate."):
			v.Product.Rates = append(v.Product.Rates, scruple.Rate{Kind: strings.TrimPrefix(rest, "rate."), Low: 2.1, High: 2.6, Unit: "% p.a."})
		default:
			v.Product.Terms[strings.TrimPrefix(rest, "term.")] = sample(&s)
		}
	}
	v.Recipient.Columns = scruple.NewColumns(columns)
	return v
}

func TestStarterLibraryFills(t *testing.T) {
	eachStarter(t, func(t *testing.T, name string) {
		tp, err := Load(Library, name)
		if err != nil {
			t.Fatal(err)
		}
		if want := "library/" + string(tp.Market) + "/" + tp.Name + ".liquid"; name != want {
			t.Errorf("%s should lie at %s", name, want)
		}
		m, err := tp.Fill(sampleValues(tp))
		if err != nil {
			t.Fatal(err)
		}
		checkMessage(t, tp, m)
		checkMessage(t, tp, tp.Preview())
		if tp.Channel == scruple.Email && (m.Subject == "" || m.HTML == "" || !strings.Contains(m.Text, "https://bank.example/a?b=1&c=2")) {
			t.Errorf("the mail lacks a part, or its plain text the links:\n%s\n%s", m.Subject, m.Text)
		}
	})
}

// checkMessage holds a message to what Fill promises: every span covers its value, and the slots closed again are the shape.
func checkMessage(t interface{ Errorf(string, ...any) }, tp *Template, m scruple.Message) {
	parts := map[string]string{"subject": m.Subject, "text": m.Text, "html": m.HTML}
	open := map[string]string{}
	var ok bool
	if open["subject"], open["text"], open["html"], ok = tp.ShapeText(m.Shape); !ok {
		t.Errorf("%s: unknown shape %s", tp.Ref(), m.Shape)
	}
	closed := map[string]string{}
	end := map[string]int{}
	for _, sp := range m.Spans {
		text := parts[sp.Part]
		if sp.Start < end[sp.Part] || sp.End > len(text) {
			t.Errorf("%s: span %+v out of order or out of bounds", tp.Ref(), sp)
			return
		}
		slot := m.Slots[sp.Slot]
		if !escapes(slot.Value, text[sp.Start:sp.End]) {
			t.Errorf("%s: %s holds %q where %q is escaped", tp.Ref(), sp.Part, text[sp.Start:sp.End], slot.Value)
		}
		closed[sp.Part] += text[end[sp.Part]:sp.Start] + "{" + slot.Name + "}"
		end[sp.Part] = sp.End
	}
	for part, text := range parts {
		if got := closed[part] + text[end[part]:]; got != open[part] {
			t.Errorf("%s: %s with slots closed\n%s\nis not the shape\n%s", tp.Ref(), part, got, open[part])
		}
	}
}

func escapes(value, shown string) bool {
	for _, e := range []escape{asIs, htmlText, urlPart, wholeURL, wholeURLHTML} {
		var b strings.Builder
		if writeEscaped(&b, value, e); b.String() == shown {
			return true
		}
	}
	return false
}

func TestFilledMailPassesTheSanitiserUnchanged(t *testing.T) {
	eachStarter(t, func(t *testing.T, name string) {
		tp, err := Load(Library, name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := tp.Fill(sampleValues(tp))
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(m.HTML, "<body>\n")
		if _, rest, ok := strings.Cut(body, "</div>\n"); ok && strings.HasPrefix(body, "<div style=\"display:none") {
			body = rest
		}
		body = strings.TrimSuffix(body, pageFoot)
		if again := mail.Sanitize(body); again != body {
			t.Errorf("sanitised again it differs:\n%s\n%s", body, again)
		}
	})
}
