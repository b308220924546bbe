package templates

import (
	"strings"
	"testing"
)

const smsHead = `---
name: broken
version: 1
channel: sms
market: us
locale: en-US
author: a
slots:
  first_name: {type: name}
  sum: {type: amount}
  due: {type: date}
---
{{ first_name }}{{ sum | money }}{{ due }}
`

const htmlHead = `---
name: broken
version: 1
channel: email
market: us
locale: en-US
author: a
format: html
subject: hello
slots:
  who: {type: name}
  link: {type: url}
---
<p>{{ who }} {{ link }}</p>
`

// Every broken template is told apart by its exact place. Bodies are appended to a head that is whole.
func TestBrokenTemplatesNameTheirPlace(t *testing.T) {
	sms, mail := smsHead, htmlHead
	for name, tc := range map[string]struct{ src, place, says string }{
		"no front matter":      {"hello", "1:1:", "front matter"},
		"not closed":           {"---\nname: x\n", "1:1:", "not closed"},
		"not UTF-8":            {"---\nname: \xff\n---\n", "2:1:", "UTF-8"},
		"unknown key":          {strings.Replace(sms, "author:", "autor:", 1), "7:1:", `did you mean "author"`},
		"no author":            {strings.Replace(sms, "author: a\n", "", 1), "", "expected author"},
		"name":                 {strings.Replace(sms, "name: broken", "name: Broken One", 1), "2:7:", "expected name"},
		"version":              {strings.Replace(sms, "version: 1", "version: 0", 1), "3:10:", "expected version"},
		"channel":              {strings.Replace(sms, "channel: sms", "channel: sns", 1), "4:10:", `did you mean "sms"`},
		"market":               {strings.Replace(sms, "market: us", "market: usa", 1), "5:9:", "expected market"},
		"locale":               {strings.Replace(sms, "locale: en-US", "locale: english_us", 1), "6:9:", "BCP 47"},
		"other grouping":       {strings.Replace(sms, "locale: en-US", "locale: en-IN", 1), "1:1:", "not supported"},
		"subject on sms":       {strings.Replace(sms, "author: a", "author: a\nsubject: x", 1), "8:10:", "only an e-mail"},
		"mail without subject": {strings.Replace(mail, "subject: hello\n", "", 1), "", "an e-mail needs one"},
		"subject of two lines": {strings.Replace(mail, "subject: hello", "subject: |\n  a\n  b", 1), "9:10:", "line break"},
		"html on sms":          {strings.Replace(sms, "author: a", "author: a\nformat: html", 1), "8:9:", "format: text"},
		"slot type":            {strings.Replace(sms, "{type: name}", "{type: nome}", 1), "9:3:", `did you mean "name"`},
		"slot default":         {strings.Replace(sms, "{type: date}", "{type: date, default: soon}", 1), "11:3:", "not a day"},
		"slot named product":   {strings.Replace(sms, "first_name: {", "product.xyz: {", 1), "9:3:", "product.term.KEY"},
		"unused slot":          {strings.Replace(sms, "{{ due }}", "", 1), "11:3:", "never used"},

		"unknown slot":       {sms + "a\n  {{ fist_name }}", "15:6:", "did you mean first_name?"},
		"unknown in subject": {strings.Replace(mail, "subject: hello", "subject: Hi {{ whoo }}", 1), "9:16:", "did you mean who?"},
		"unknown in if":      {sms + "x {% if vip %}{% endif %}", "14:9:", `unknown slot "vip"`},
		"after a comment":    {sms + "{% comment %}{{ nope }}{% endcomment %}{{ nope }}", "14:43:", "nope"},
		"after Chinese":      {sms + "你好{{ nope }}", "14:6:", "nope"},
		"product":            {sms + "{{ product.zzzzzzzzzz }}", "14:4:", "of the product there are"},
		"unknown filter":     {sms + "{{ sum | mony }}", "14:10:", `did you mean money`},
		"filter and type":    {sms + "{{ first_name | money }}", "14:17:", "does not take a name"},
		"bare figure":        {sms + "{{ sum }}", "14:4:", "{{ sum | money }}"},
		"bad default":        {sms + `{{ due | default: "soon" }}`, "14:19:", "not a day"},
		"too many arguments": {sms + `{{ sum | money: "USD", 2 }}`, "14:24:", "at most 1"},
		"currency":           {sms + `{{ sum | money: "DOLLAR" }}`, "14:10:", "ISO 4217"},
		"date format":        {sms + `{{ due | date: "%H" }}`, "14:16:", "format of"},
		"wan in English":     {sms + `{{ sum | wan }}`, "14:10:", "Chinese copy"},
		"English months":     {strings.Replace(strings.Replace(sms, "en-US", "zh-CN", 1), "{{ due }}", `{{ due | date: "%B" }}`, 1), "13:49:", "English words"},
		"for":                {sms + "{% for x in y %}{{ x }}{% endfor %}", "14:1:", "write the lines out"},
		"assign":             {sms + "{% assign x = 1 %}", "14:1:", "where it is used"},
		"capture":            {sms + "{% capture x %}a{% endcapture %}", "14:1:", "capture"},
		"unknown tag":        {sms + "{% fancy %}", "14:1:", "fancy"},
		"not closed if":      {sms + "a\n{% if first_name %}b", "15:1:", "unterminated"},
		"stray endif":        {sms + "{% endif %}", "14:1:", "endif not inside"},
		"else in the middle": {sms + "{% if due %}a{% else %}b{% elsif sum %}c{% endif %}", "14:14:", "last branch"},
		"copy before when":   {sms + `{% case due %}lost{% when "2026-01-01" %}{% endcase %}`, "14:15:", "never shown"},
		"brackets":           {sms + "{% if (due) %}{% endif %}", "14:7:", "brackets"},
		"two lines":          {sms + "{{ first_name |\n upcase }}", "14:1:", "other half"},
		"half":               {sms + "a }} b", "14:3:", "other half"},
		"empty string":       {sms + `{% if first_name == "" %}{% endif %}`, "14:21:", "nil in Liquid"},
		"text less":          {sms + `{% if first_name < "b" %}{% endif %}`, "14:18:", "cannot be compared"},
		"figure and text":    {sms + `{% if sum > "5" %}{% endif %}`, "14:13:", "compare it with a number"},
		"huge number":        {sms + "{% if sum > 99999999999999999999 %}{% endif %}", "14:13:", "compare it"},
		"filter in if":       {sms + "{% if first_name | upcase %}{% endif %}", "14:18:", "takes no filters"},
		"empty on a path":    {strings.Replace(sms, "{{ first_name }}{{ sum | money }}{{ due }}", "{% if due %}{{ first_name }}{{ sum | money }}{% endif %}", 1), "13:1:", "empty when"},
		"too many shapes":    {sms + manyChoices(), "13:1:", "more than 256"},

		"script":            {mail + "<script>alert({{ who }})</script>", "15:1:", "<script> is not taken"},
		"slot in script":    {mail + "<script>alert({{ who }})</script>", "15:15:", "may not stand in <script>"},
		"slot in style":     {mail + "<style>{{ who }}</style>", "15:8:", "may not stand in <style>"},
		"slot in handler":   {mail + `<p onclick="{{ who }}">x</p>`, "15:13:", "an event handler"},
		"handler":           {mail + `<p onclick="x()">x</p>`, "15:1:", `onclick="x()" of <p>`},
		"slot in css":       {mail + `<p style="color: {{ who }}">x</p>`, "15:18:", "the attribute style"},
		"unquoted":          {mail + `<a href={{ link }}>x</a>`, "15:9:", "without quotes"},
		"slot in a comment": {mail + "<!-- {{ who }} -->", "15:6:", "an HTML comment"},
		"comment":           {mail + "a\n<!-- x -->", "16:1:", "{% comment %}"},
		"slot in tag name":  {mail + "<{{ who }}>x", "15:2:", "the name of a tag"},
		"slot as tag":       {mail + "<b{{ who }}>x</b>", "15:3:", "the name of a tag"},
		"slot as attribute": {mail + `<p {{ who }}="1">x</p>`, "15:4:", "the name of an attribute"},
		"name as address":   {mail + `<a href="{{ who }}">x</a>`, "15:10:", "must be of type url"},
		"host from a slot":  {mail + `<a href="https://{{ who }}.example/">x</a>`, "15:18:", "may not decide where a link leads"},
		"javascript":        {mail + `<a href="javascript:alert(1)">x</a>`, "15:1:", "https://, mailto: or tel:"},
		"http link":         {mail + `<a href="http://bank.example/">x</a>`, "15:1:", "https://"},
		"http image":        {mail + `<img src="http://bank.example/a.png" alt="">`, "15:1:", "cid:"},
		"image without alt": {mail + `<img src="https://bank.example/a.png">`, "15:1:", "needs alt"},
		"iframe":            {mail + "<p>a</p>\n <iframe src=\"https://x.example\"></iframe>", "16:2:", "<iframe> is not taken"},
		"form":              {mail + "<form><input></form>", "15:1:", "<form> is not taken"},
		"svg":               {mail + "<svg></svg>", "15:1:", "<svg> is not taken"},
		"hidden text":       {mail + `<p style="display:none">risk</p>`, "15:1:", `"display:none" is not taken`},
		"tiny text":         {mail + `<p style="color:#111111; font-size: 1px">risk</p>`, "15:1:", `"font-size: 1px" is not taken`},
		"important":         {mail + `<p style="color: red !important">risk</p>`, "15:1:", "not taken"},
		"css url":           {mail + `<p style="background: url(https://x.example/t.png)">x</p>`, "15:1:", "not taken"},
		"doctype":           {mail + "<!DOCTYPE html><p>x</p>", "15:1:", "inside <body>"},
		"not closed tag":    {mail + "<p>x", "15:1:", "<p> is never closed"},
		"wrongly closed":    {mail + "<p><b>x</p></b>", "15:8:", "expected </b>"},
		"open bracket":      {mail + `<p>x</p><a href="https://x.example/`, "15:9:", "never closed with >"},
		"only on one path":  {mail + "{% if who %}<b>{% endif %}x", "15:13:", "<b> is never closed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("x.liquid", []byte(tc.src))
			if err == nil {
				t.Fatal("it loads")
			}
			for _, line := range strings.Split(err.Error(), "\n") {
				if strings.HasPrefix(line, "x.liquid:"+tc.place) && strings.Contains(line, tc.says) {
					return
				}
			}
			t.Errorf("want %s %s, got\n%v", tc.place, tc.says, err)
		})
	}
}

func manyChoices() string {
	var b strings.Builder
	for _, day := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		b.WriteString("{% if due == '2026-02-0" + day + "' %}x{% endif %}")
	}
	return b.String()
}

func TestLoadNamesAMissingFile(t *testing.T) {
	if _, err := Load(Library, "library/none.liquid"); err == nil || !strings.Contains(err.Error(), "library/none.liquid") {
		t.Errorf("got %v", err)
	}
}
