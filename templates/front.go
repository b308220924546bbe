package templates

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
)

// front is the front matter as it is written.
type front struct {
	Name      string               `yaml:"name"`
	Version   int                  `yaml:"version"`
	Channel   string               `yaml:"channel"`
	Market    string               `yaml:"market"`
	Locale    string               `yaml:"locale"`
	Class     string               `yaml:"class"`
	Purpose   string               `yaml:"purpose"`
	Product   string               `yaml:"product"`
	Author    string               `yaml:"author"`
	Subject   string               `yaml:"subject"`
	Preheader string               `yaml:"preheader"`
	Format    string               `yaml:"format"`
	Text      string               `yaml:"text"`
	Slots     map[string]frontSlot `yaml:"slots"`
}

type frontSlot struct {
	Type     string `yaml:"type"`
	Default  string `yaml:"default"`
	Max      int    `yaml:"max"`
	From     string `yaml:"from"`
	Currency string `yaml:"currency"`
}

var nameForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// split parts a file into front matter and body. The front matter keeps the line numbers of the file.
func split(name string, src []byte) (*file, string, error) {
	text := strings.ReplaceAll(strings.TrimPrefix(string(src), "\ufeff"), "\r\n", "\n")
	f := &file{name: name, text: text}
	if !strings.HasPrefix(text, "---\n") {
		return f, "", f.fault(0, "expected front matter: a first line of --- , keys such as name and channel, and a closing line of ---")
	}
	end := strings.Index(text, "\n---\n")
	if end < 0 {
		return f, "", f.fault(0, "the front matter is not closed; end it with a line of ---")
	}
	f.front = end + 1
	return f, text[end+len("\n---\n"):], nil
}

// readFront reads and checks the front matter.
func readFront(f *file) (*front, error) {
	src := []byte("\n" + f.text[len("---\n"):f.front])
	var h front
	if err := strictyaml.Decode(f.name, src, &h); err != nil {
		return nil, err
	}
	fill(&h.Class, string(scruple.Marketing))
	fill(&h.Purpose, "marketing")
	fill(&h.Format, "text")
	for _, check := range frontChecks {
		if message := check.broken(&h); message != "" {
			return nil, strictyaml.Errorf(f.name, src, "$."+check.key, "%s", message)
		}
	}
	for _, name := range sortedKeys(h.Slots) {
		if message := h.Slots[name].broken(name); message != "" {
			return nil, f.fault(declaredAt(f, name), fmt.Sprintf("slot %s: %s", name, message))
		}
	}
	return &h, nil
}

func fill(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

type frontCheck struct {
	key    string
	broken func(*front) string
}

var frontChecks = []frontCheck{
	{"name", func(h *front) string {
		return unless(nameForm.MatchString(h.Name), "expected name: lower-case letters, digits and hyphens, such as cn-deposit-sms")
	}},
	{"version", func(h *front) string { return unless(h.Version > 0, "expected version: a whole number from 1") }},
	{"channel", func(h *front) string { return oneOf("channel", h.Channel, words(scruple.Channels())) }},
	{"market", func(h *front) string { return oneOf("market", h.Market, words(scruple.Markets())) }},
	{"locale", func(h *front) string {
		tag, err := language.Parse(h.Locale)
		return unless(err == nil && tag.String() == h.Locale, "expected locale: a BCP 47 tag such as zh-CN or en-GB")
	}},
	{"class", func(h *front) string {
		return oneOf("class", h.Class, []string{string(scruple.Marketing), string(scruple.Service)})
	}},
	{"author", func(h *front) string {
		return unless(h.Author != "", "expected author: who answers for this copy; nobody approves what they wrote")
	}},
	{"format", func(h *front) string { return oneOf("format", h.Format, []string{"text", "html"}) }},
	{"format", func(h *front) string {
		return unless(h.Format == "text" || h.html(), "html is for the channels email and web; write format: text")
	}},
	{"subject", func(h *front) string {
		return unless(h.Channel != "email" || strings.TrimSpace(h.Subject) != "", "expected subject: an e-mail needs one")
	}},
	{"subject", func(h *front) string {
		return unless(h.Channel == "email" || h.Subject == "", "only an e-mail has a subject; remove it")
	}},
	{"subject", func(h *front) string {
		return unless(!strings.ContainsAny(h.Subject, "\r\n"), "the subject has a line break; write it on one line")
	}},
	{"preheader", func(h *front) string {
		return unless(h.Preheader == "" || h.html(), "a preheader belongs to an HTML e-mail; remove it or write format: html")
	}},
	{"text", func(h *front) string {
		return unless(h.Text == "" || h.html(), "text: is the plain part of an HTML template; write the copy into the body")
	}},
}

func (h *front) html() bool {
	return h.Format == "html" && (h.Channel == string(scruple.Email) || h.Channel == string(scruple.Web))
}

func unless(ok bool, message string) string {
	if ok {
		return ""
	}
	return message
}

func oneOf(key, value string, known []string) string {
	if slices.Contains(known, value) {
		return ""
	}
	message := fmt.Sprintf("expected %s: one of %s", key, strings.Join(known, ", "))
	if near := strictyaml.Nearest(value, known); near != "" {
		message += fmt.Sprintf("; did you mean %q?", near)
	}
	return message
}

func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
