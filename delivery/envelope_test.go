package delivery

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scruple/scruple"
)

var noon = time.Date(2026, 9, 30, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))

func bank() Sender {
	return Sender{
		From: "service@bank.example", Name: "示例银行 Example Bank", ReplyTo: "help@bank.example", Organization: "示例银行股份有限公司",
		UnsubscribeMail: "optout@bank.example", UnsubscribeURL: "https://bank.example/u/{token}?c=email",
	}
}

func letter() *scruple.Message {
	return &scruple.Message{
		ID: "m-1", Channel: scruple.Email, To: "wang@example.net", Subject: "稳健理财", Text: "您好\n再见", HTML: "<p>您好</p>",
	}
}

// opened is a mail as the standard library reads it, independent of what wrote it.
type opened struct {
	header mail.Header
	parts  map[string]string // media type -> decoded body
	order  []string
}

func open(t interface{ Fatalf(string, ...any) }, raw []byte) opened {
	checkLines(t, raw)
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("not a mail: %v\n%s", err, raw)
	}
	o := opened{header: m.Header, parts: map[string]string{}}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("content type: %v", err)
	}
	if kind != "multipart/alternative" {
		o.add(t, kind, params, m.Header.Get("Content-Transfer-Encoding"), m.Body)
		return o
	}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return o
		}
		if err != nil {
			t.Fatalf("next part: %v", err)
		}
		kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			t.Fatalf("content type of a part: %v", err)
		}
		o.add(t, kind, params, p.Header.Get("Content-Transfer-Encoding"), p)
	}
}

func (o *opened) add(t interface{ Fatalf(string, ...any) }, kind string, params map[string]string, encoding string, r io.Reader) {
	switch encoding {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "7bit":
	default:
		t.Fatalf("encoding %q", encoding)
	}
	body, err := io.ReadAll(r)
	if err != nil || params["charset"] != "utf-8" {
		t.Fatalf("body in charset %q: %v", params["charset"], err)
	}
	o.parts[kind] = string(body)
	o.order = append(o.order, kind)
}

// checkLines holds every mail to RFC 5322, section 2.1: 7-bit, CR and LF in pairs, lines of at most 998 bytes; and lines
// with encoded words to 76 (RFC 2047, section 2).
func checkLines(t interface{ Fatalf(string, ...any) }, raw []byte) {
	header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for _, line := range bytes.Split(header, []byte("\r\n")) {
		if bytes.Contains(line, []byte("=?utf-8?")) && len(line) > 76 {
			t.Fatalf("header line with encoded words of %d bytes: %s", len(line), line)
		}
	}
	for _, line := range bytes.Split(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("line of %d bytes: %q", len(line), line)
		}
		for _, c := range line {
			if c > 0x7f {
				t.Fatalf("8-bit line: %q", line)
			}
		}
	}
}

func (o opened) text(t interface{ Fatalf(string, ...any) }, key string) string {
	s, err := new(mime.WordDecoder).DecodeHeader(o.header.Get(key))
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return s
}

func TestMailIsReadBackWhole(t *testing.T) {
	e, err := Envelope(letter(), bank(), noon)
	if err != nil {
		t.Fatal(err)
	}
	o := open(t, e.Raw)
	from, err := o.header.AddressList("From")
	if err != nil || len(from) != 1 || *from[0] != (mail.Address{Name: "示例银行 Example Bank", Address: "service@bank.example"}) {
		t.Errorf("from %v, %v", from, err)
	}
	if date, err := o.header.Date(); err != nil || !date.Equal(noon) {
		t.Errorf("date %v, %v", date, err)
	}
	token := Token("m-1")
	for key, want := range map[string]string{
		"Subject": "稳健理财", "To": "<wang@example.net>", "Reply-To": "<help@bank.example>", "Organization": "示例银行股份有限公司",
		"Message-Id": MessageID("m-1", "bank.example"), "Mime-Version": "1.0",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"List-Unsubscribe": "<https://bank.example/u/" + token + "?c=email>, <mailto:optout@bank.example?subject=" +
			token + ">",
	} {
		if got := o.text(t, key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if len(o.header) != 11 {
		t.Errorf("%d header fields, want 11: %v", len(o.header), o.header)
	}
	if diff := cmp.Diff([]string{"text/plain", "text/html"}, o.order); diff != "" {
		t.Errorf("order of the parts: %s", diff)
	}
	if o.parts["text/plain"] != "您好\r\n再见" || o.parts["text/html"] != "<p>您好</p>" {
		t.Errorf("parts %q", o.parts)
	}
	if bytes.Contains(e.Raw, []byte("m-1@")) || bytes.Contains(e.Raw, []byte("<m-1")) {
		t.Error("the message id left the house")
	}
}

func TestSingleBodyStandsAlone(t *testing.T) {
	for kind, m := range map[string]*scruple.Message{
		"text/plain": {ID: "a", Channel: scruple.Email, To: "a@b.example", Text: "hello"},
		"text/html":  {ID: "a", Channel: scruple.Email, To: "a@b.example", HTML: "<p>hello</p>"},
	} {
		e, err := Envelope(m, Sender{From: "x@y.example"}, noon)
		if err != nil {
			t.Fatal(err)
		}
		if o := open(t, e.Raw); o.parts[kind] != m.Text+m.HTML || len(o.parts) != 1 {
			t.Errorf("%s: %q", kind, o.parts)
		}
	}
}

func TestSubjectsAndBodiesOfAllKinds(t *testing.T) {
	for name, s := range map[string]string{
		"ascii":          "Your deposit matures on 30 September",
		"500 Chinese":    strings.Repeat("稳健理财产品说明", 63)[:500*3],
		"emoji":          strings.Repeat("👨‍👩‍👧‍👦🏦", 40),
		"right to left":  "عرض خاص للعملاء \u202bשלום\u202c",
		"accents":        "Überweisung über 3 % für Sie: prêt à l'été",
		"encoded word":   "=?utf-8?b?5L2g5aW9?=",
		"encoded words":  "see =?x?q?y?= there",
		"double spaces":  " a  b ",
		"one long word":  strings.Repeat("x", 2000),
		"long words":     strings.Repeat("wordwordword ", 200) + "end",
		"tab":            "a\tb",
		"only spaces":    "   ",
		"quotes":         `He said "yes", <b>; (no) \ \\`,
		"equals and dot": ".\n=3D\n.",
	} {
		t.Run(name, func(t *testing.T) {
			subject := strings.ReplaceAll(s, "\n", " ")
			m := &scruple.Message{ID: name, Channel: scruple.Email, To: "a@b.example", Subject: subject, Text: s, HTML: "<p>" + s + "</p>"}
			e, err := Envelope(m, Sender{From: "x@y.example", Name: subject}, noon)
			if err != nil {
				t.Fatal(err)
			}
			o := open(t, e.Raw)
			if got := o.text(t, "Subject"); got != subject {
				t.Errorf("subject %q, want %q", got, subject)
			}
			if from, err := o.header.AddressList("From"); err != nil || from[0].Name != subject {
				t.Errorf("from %v, %v, want name %q", from, err, subject)
			}
			if got := o.parts["text/plain"]; got != canonical(s) {
				t.Errorf("text %q, want %q", got, canonical(s))
			}
			if got := o.parts["text/html"]; got != canonical("<p>"+s+"</p>") {
				t.Errorf("html %q", got)
			}
		})
	}
}

func TestEncodingFollowsTheText(t *testing.T) {
	for body, want := range map[string]string{
		"plain\r\ntext\t":          "7bit",
		strings.Repeat("x", 901):   "quoted-printable",
		"Grüße an alle Kundinnen":  "quoted-printable",
		"稳健理财 R2":                  "base64",
		"bell\x07 in a plain text": "quoted-printable",
	} {
		if got := encodingFor(body); got != want {
			t.Errorf("%.20q: %s, want %s", body, got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	good := map[string]string{
		"a@b.example": "a@b.example", "A.b+c@Example.COM": "A.b+c@example.com", "<a@b.example>": "a@b.example",
		"a@例子.公司": "a@xn--fsqu00a.xn--55qx5d", "a@bücher.example": "a@xn--bcher-kva.example", "a@localhost": "a@localhost",
	}
	for in, want := range good {
		if got, err := address("to", in); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
	bad := []string{
		"", "a", "a@", "@b", "a b@c.example", `"a b"@c.example`, "a@b@c", "a@b, c@d", "Name <a@b.example>", "a..b@c", ".a@b", "用户@b.example",
		"a@[127.0.0.1]", "a@b .example", "a@-b.example", strings.Repeat("a", 65) + "@b.example",
		"a@" + strings.Repeat("b.", 130) + "example", "a@b\x00.example", "a@b.example\r\nBcc: c@d.example",
	}
	for _, in := range bad {
		got, err := address("to", in)
		if !errors.Is(err, ErrAddress) && !errors.Is(err, ErrHeader) {
			t.Errorf("%q: %q, %v; want an error", in, got, err)
		}
		if err != nil && len(in) > 1 && strings.Contains(err.Error(), in) {
			t.Errorf("the error repeats the address: %v", err)
		}
	}
}

func TestEveryHeaderValueIsGuarded(t *testing.T) {
	places := map[string]func(*scruple.Message, *Sender, string){
		"subject":      func(m *scruple.Message, _ *Sender, s string) { m.Subject += s },
		"to":           func(m *scruple.Message, _ *Sender, s string) { m.To += s },
		"from":         func(_ *scruple.Message, s *Sender, v string) { s.From += v },
		"name":         func(_ *scruple.Message, s *Sender, v string) { s.Name += v },
		"reply-to":     func(_ *scruple.Message, s *Sender, v string) { s.ReplyTo += v },
		"organization": func(_ *scruple.Message, s *Sender, v string) { s.Organization += v },
		"mailto":       func(_ *scruple.Message, s *Sender, v string) { s.UnsubscribeMail += v },
		"url":          func(_ *scruple.Message, s *Sender, v string) { s.UnsubscribeURL += v },
	}
	for name, put := range places {
		for _, evil := range []string{"\r\nBcc: x@y.example", "\n", "\r", "\x00", "\xff"} {
			m, s := letter(), bank()
			put(m, &s, evil)
			if e, err := Envelope(m, s, noon); !errors.Is(err, ErrHeader) || e.Raw != nil {
				t.Errorf("%s with %q: error %v, want ErrHeader and no mail", name, evil, err)
			}
		}
	}
}

func TestRefusedSettings(t *testing.T) {
	for name, change := range map[string]func(*scruple.Message, *Sender){
		"no id":            func(m *scruple.Message, _ *Sender) { m.ID = "" },
		"no body":          func(m *scruple.Message, _ *Sender) { m.Text, m.HTML = "", "" },
		"body not UTF-8":   func(m *scruple.Message, _ *Sender) { m.Text = "\xff" },
		"html not UTF-8":   func(m *scruple.Message, _ *Sender) { m.HTML = "\xff" },
		"http opt-out":     func(_ *scruple.Message, s *Sender) { s.UnsubscribeURL = "http://bank.example/u" },
		"relative opt-out": func(_ *scruple.Message, s *Sender) { s.UnsubscribeURL = "/u" },
		"endless opt-out":  func(_ *scruple.Message, s *Sender) { s.UnsubscribeURL += strings.Repeat("x", 1000) },
		"bracket":          func(_ *scruple.Message, s *Sender) { s.UnsubscribeURL += "&a=<b>" },
	} {
		m, s := letter(), bank()
		change(m, &s)
		if _, err := Envelope(m, s, noon); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Envelope(letter(), bank(), time.Time{}); err == nil {
		t.Error("no date: no error")
	}
}

func TestFieldsForOtherChannels(t *testing.T) {
	m := &scruple.Message{ID: "m", Channel: scruple.SMS, To: "+8613800000000", Text: "【示例银行】您好"}
	e, err := Envelope(m, Sender{From: "95500", UnsubscribeURL: "https://b.example/{token}"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"message":"m","channel":"sms","from":"95500","to":"+8613800000000","text":"【示例银行】您好","headers":{"unsubscribe":"https://b.example/` +
		Token("m") + `"}}`
	if string(got) != want || e.Raw != nil {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	m.To = ""
	if _, err := Envelope(m, Sender{}, noon); !errors.Is(err, ErrAddress) {
		t.Errorf("without an address: %v", err)
	}
	m.To = "+86\n138"
	if _, err := Envelope(m, Sender{}, noon); !errors.Is(err, ErrHeader) {
		t.Errorf("with a line break: %v", err)
	}
}

func TestSameMessageSameBytes(t *testing.T) {
	a, err := Envelope(letter(), bank(), noon)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Envelope(letter(), bank(), noon)
	if err != nil || !cmp.Equal(a, b) {
		t.Errorf("two envelopes of one message differ (%v): %s", err, cmp.Diff(a, b))
	}
	if Token("m-1") == Token("m-2") || len(Token("")) != 32 {
		t.Error("tokens must differ and have 32 digits")
	}
}

func TestAnyTextIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringMatching(`[^\r\n\x00]{0,200}`)
		m := &scruple.Message{
			ID: rapid.String().Draw(t, "id") + "x", Channel: scruple.Email, To: "a@b.example",
			Subject: line.Draw(t, "subject"), Text: rapid.String().Draw(t, "text") + ".", HTML: rapid.String().Draw(t, "html") + ".",
		}
		e, err := Envelope(m, Sender{From: "x@y.example", Name: line.Draw(t, "name")}, noon)
		if err != nil {
			t.Fatalf("%v", err)
		}
		o := open(t, e.Raw)
		if got := o.text(t, "Subject"); got != m.Subject {
			t.Fatalf("subject %q, want %q", got, m.Subject)
		}
		if o.parts["text/plain"] != canonical(m.Text) || o.parts["text/html"] != canonical(m.HTML) {
			t.Fatalf("parts %q of %+v", o.parts, m)
		}
	})
}

func FuzzEnvelope(f *testing.F) {
	f.Add("subject", "Name", "a@b.example", "x@y.example", "text", "<p>html</p>", "https://b.example/{token}")
	f.Add("s\r\nBcc: e@f.example", "N", "a@b.example", "x@y.example", "t", "", "")
	f.Add("s", "N\nX: y", "a@b.example\r\nRCPT", "x@y.example", "t\r\n.\r\n", "--=_", "https://b.example/\r\nX: y")
	f.Add("=?utf-8?q?=0D=0ABcc:_e?=", "=?utf-8?q?=0A?=", "a@例子.公司", "\"q\"@y.example", "\r", "\x00", "https://b.example/>,<x:y>")
	f.Fuzz(func(t *testing.T, subject, name, to, from, text, html, link string) {
		m := &scruple.Message{ID: "m", Channel: scruple.Email, To: to, Subject: subject, Text: text, HTML: html}
		s := Sender{From: from, Name: name, Organization: name, ReplyTo: from, UnsubscribeURL: link}
		e, err := Envelope(m, s, noon)
		if err != nil {
			return
		}
		o := open(t, e.Raw)
		allowed := map[string]bool{
			"From": true, "To": true, "Subject": true, "Date": true, "Message-Id": true, "Reply-To": true, "Organization": true,
			"List-Unsubscribe": true, "List-Unsubscribe-Post": true, "Mime-Version": true, "Content-Type": true,
			"Content-Transfer-Encoding": true,
		}
		for key, values := range o.header {
			if !allowed[key] || len(values) != 1 {
				t.Fatalf("header %s: %q", key, values)
			}
		}
		for _, key := range []string{"From", "To", "Reply-To"} {
			if l, err := o.header.AddressList(key); err != nil || len(l) != 1 {
				t.Fatalf("%s: %v, %v", key, l, err)
			}
		}
		if got := o.text(t, "Subject"); got != subject {
			t.Fatalf("subject %q, want %q", got, subject)
		}
		if o.parts["text/plain"] != canonical(text) || o.parts["text/html"] != canonical(html) {
			t.Fatalf("parts %q", o.parts)
		}
	})
}

func BenchmarkEnvelope(b *testing.B) {
	m := letter()
	m.HTML = strings.Repeat("<p>稳健理财产品，详情请阅读产品说明书。</p>\n", 60)
	m.Text = strings.Repeat("稳健理财产品，详情请阅读产品说明书。\n", 20)
	for b.Loop() {
		if _, err := Envelope(m, bank(), noon); err != nil {
			b.Fatal(err)
		}
	}
}
