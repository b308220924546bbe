package audience

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/scruple/scruple"
)

// collect reads a list to its end: rows as "line: value|value", rejected rows as "line: code column", and what ended it.
func collect(src Source, l Layout) (rows, rejects []string, err error) {
	for r, e := range Read(src, l) {
		var bad *RowError
		switch {
		case errors.As(e, &bad):
			rejects = append(rejects, strings.TrimSpace(fmt.Sprintf("%d: %s %s", bad.Line, bad.Code, bad.Column)))
		case e != nil:
			return rows, rejects, e
		default:
			rows = append(rows, fmt.Sprintf("%d: %s", r.Line, strings.Join(r.Values, "|")))
		}
	}
	return rows, rejects, nil
}

func textSource(name, data string) Source { return bytesSource(name, []byte(data)) }

func TestCSVShapes(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct {
		in            string
		rows, rejects []string
	}{
		"plain":                {"customer_id,x\n1,a\n2,b\n", []string{"2: 1|a", "3: 2|b"}, nil},
		"no last line end":     {"customer_id,x\n1,a", []string{"2: 1|a"}, nil},
		"crlf":                 {"customer_id,x\r\n1,a\r\n\"2\",\"b\"\r\n3,\"c\"\r\n", []string{"2: 1|a", "3: 2|b", "4: 3|c"}, nil},
		"byte order mark":      {"\ufeffcustomer_id,x\n1,a\n", []string{"2: 1|a"}, nil},
		"blank lines":          {"\n\ncustomer_id,x\n\n1,a\n\r\n2,b\n\n", []string{"5: 1|a", "7: 2|b"}, nil},
		"quotes":               {"customer_id,x\n1,\"a,\"\"b\"\"\"\n2,\"\"\n", []string{`2: 1|a,"b"`, "3: 2|"}, nil},
		"quoted newlines":      {"customer_id,x\n1,\"a\nb\r\nc\"\n2,b\n", []string{"2: 1|a\nb\r\nc", "5: 2|b"}, nil},
		"unclosed quote":       {"customer_id,x\n1,\"a\n2,b\n3,c\n", []string{"3: 2|b", "4: 3|c"}, []string{"2: bad_row"}},
		"unclosed before more": {"customer_id,x\n1,\"a\n2,\"b\"\n3,c\n", []string{"3: 2|b", "4: 3|c"}, []string{"2: bad_row"}},
		"bare quote":           {"customer_id,x\n1,a\"b\n2,b\n", []string{"3: 2|b"}, []string{"2: bad_row"}},
		"text after quote":     {"customer_id,x\n1,\"a\"b\n2,b\n", []string{"3: 2|b"}, []string{"2: bad_row"}},
		"cr after quote":       {"customer_id,x\n1,\"a\"\rb\n2,b\n", []string{"3: 2|b"}, []string{"2: bad_row"}},
		"field counts":         {"customer_id,x\n1\n2,b,c\n3,c\n", []string{"4: 3|c"}, []string{"2: bad_row", "3: bad_row"}},
		"zero byte":            {"customer_id,x\n1,a\x00\n2,b\n", []string{"3: 2|b"}, []string{"2: bad_encoding"}},
		"invalid UTF-8":        {"customer_id,x\n1,\xff\n2,b\n", []string{"3: 2|b"}, []string{"2: bad_encoding"}},
		"quoted invalid UTF-8": {"customer_id,x\n1,\"\xff\"\n2,b\n", []string{"3: 2|b"}, []string{"2: bad_encoding"}},
		"lost character":       {"customer_id,x\n1,\ufffd\n2,b\n", []string{"3: 2|b"}, []string{"2: bad_encoding"}},
		"row of 1 MB":          {"customer_id,x\n1," + long + "\n2,b\n", []string{"3: 2|b"}, []string{"2: row_too_long"}},
		"quoted row of 1 MB":   {"customer_id,x\n1,\"" + long + "\"\n2,b\n", []string{"3: 2|b"}, []string{"2: row_too_long"}},
		"1 MB at the end":      {"customer_id,x\n1,a\n2," + long, []string{"2: 1|a"}, []string{"3: row_too_long"}},
		"unclosed before 1 MB": {"customer_id,x\n1,\"a\n" + long + "\n2,b\n", []string{"4: 2|b"}, []string{"2: bad_row", "3: row_too_long"}},
		"nameless columns":     {"customer_id,x,,\n1,a,,\n2,b,y,\n", []string{"2: 1|a", "3: 2|b"}, nil},
		"no id":                {"customer_id,x\n ,a\n,\n2,b\n", []string{"4: 2|b"}, []string{"2: no_customer_id customer_id", "3: no_customer_id customer_id"}},
		"odd id":               {"customer_id,x\n\"1\n2\",a\n3,b\n", []string{"4: 3|b"}, []string{"2: bad_row customer_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, rejects, err := collect(textSource("l.csv", c.in), Layout{})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.rows, rows); d != "" {
				t.Errorf("rows: %s", d)
			}
			if d := cmp.Diff(c.rejects, rejects); d != "" {
				t.Errorf("rejects: %s", d)
			}
		})
	}
}

// A row at the bound must come out the same wherever the buffer's edge falls.
func TestRowBoundIsExact(t *testing.T) {
	for _, end := range []string{"\n", "\r\n"} {
		for _, lead := range []int{0, 1, 100, 1 << 15, 1 << 16, 1<<17 - 7} {
			for over := -2; over <= 2; over++ {
				for _, quote := range []string{"", `"`} {
					row := "2," + quote
					row += strings.Repeat("x", maxRow+over-len(row)-len(quote)-len(end)+1) + quote
					pad := strings.Repeat("1,aaaaaaaaaaaaa\n", lead/16) + "1," + strings.Repeat("a", lead%16) + "\n"
					rows, rejects, err := collect(textSource("l.csv", "customer_id,x\n"+pad+row+end+"3,c\n"), Layout{})
					first := 3 + lead/16
					want := fmt.Sprintf("%d: 3|c", first+1)
					if err != nil || rows[len(rows)-1] != want {
						t.Fatalf("end %q lead %d over %d quote %q: last row %.20q, want %q (%v)", end, lead, over, quote, rows[len(rows)-1], want, err)
					}
					if (over > 0) != (len(rejects) == 1) {
						t.Errorf("end %q lead %d over %d quote %q: rejects %v", end, lead, over, quote, rejects)
					}
				}
			}
		}
	}
}

func TestKnownColumns(t *testing.T) {
	for _, c := range []struct{ column, in, want, code string }{
		{"birth_date", "1980-02-29", "1980-02-29", ""},
		{"birth_date", "19800229", "1980-02-29", ""},
		{"birth_date", "1980/2/9", "1980-02-09", ""},
		{"birth_date", " 1980/12/31 ", "1980-12-31", ""},
		{"birth_date", "", "", ""},
		{"birth_date", "1981-02-29", "", BadDate},
		{"birth_date", "1899-12-31", "", BadDate},
		{"birth_date", "29.02.1980", "", BadDate},
		{"birth_date", "1980/2/", "", BadDate},
		{"birth_date", "1980//11", "", BadDate},
		{"birth_date", "1980-13-01", "", BadDate},
		{"birth_date", "+980-01-01", "", BadDate},
		{"rated_until", "9999-12-31", "9999-12-31", ""},
		{"rated_until", "soon", "", BadDate},
		{"risk_rating", "C3", "C3", ""},
		{"risk_rating", "c3", "C3", ""},
		{"risk_rating", "C6", "", BadRating},
		{"risk_rating", "3", "", BadRating},
		{"qualified", "是", "true", ""},
		{"qualified", "No", "false", ""},
		{"qualified", "1", "true", ""},
		{"student", "否", "false", ""},
		{"student", "maybe", "", BadFlag},
		{"time_zone", "Asia/Shanghai", "Asia/Shanghai", ""},
		{"time_zone", "Local", "", BadZone},
		{"time_zone", "Mars/Olympus", "", BadZone},
		{"time_zone", "../etc/passwd", "", BadZone},
		{"name", "\u3000王小明 ", "王小明", ""},
		{"balance", " 12 ", " 12 ", ""},
	} {
		t.Run(c.column+" "+c.in, func(t *testing.T) {
			checkValue(t, Layout{}, c.column, c.in, c.want, c.code)
		})
	}
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		market   scruple.Market
		channel  scruple.Channel
		in, want string
		code     string
	}{
		{scruple.UK, scruple.Email, "Ann.O'Hara@Example.CO.UK", "Ann.O'Hara@example.co.uk", ""},
		{scruple.CN, scruple.Email, "a@例子.中国", "a@例子.中国", ""},
		{scruple.UK, scruple.Email, "", "", NoAddress},
		{scruple.UK, scruple.Email, "  ", "", NoAddress},
		{scruple.UK, scruple.Email, "ann", "", BadAddress},
		{scruple.UK, scruple.Email, "ann@b@example.com", "", BadAddress},
		{scruple.UK, scruple.Email, "ann@localhost", "", BadAddress},
		{scruple.UK, scruple.Email, "ann@10.0.0.1", "", BadAddress},
		{scruple.UK, scruple.Email, "ann@-x.com", "", BadAddress},
		{scruple.UK, scruple.Email, "ann@x..com", "", BadAddress},
		{scruple.UK, scruple.Email, ".ann@x.com", "", BadAddress},
		{scruple.UK, scruple.Email, "Ann <ann@x.com>", "", BadAddress},
		{scruple.UK, scruple.Email, "äöü@x.com", "", BadAddress},
		{scruple.UK, scruple.Email, strings.Repeat("a", 65) + "@x.com", "", BadAddress},
		{scruple.CN, scruple.SMS, "13812345678", "+8613812345678", ""},
		{scruple.CN, scruple.SMS, "138 1234-5678", "+8613812345678", ""},
		{scruple.CN, scruple.SMS, "8613812345678", "+8613812345678", ""},
		{scruple.CN, scruple.SMS, "+8613812345678", "+8613812345678", ""},
		{scruple.CN, scruple.SMS, "008613812345678", "+8613812345678", ""},
		{scruple.CN, scruple.SMS, "+85291234567", "+85291234567", ""},
		{scruple.CN, scruple.SMS, "12812345678", "", BadAddress},
		{scruple.CN, scruple.SMS, "02112345678", "", BadAddress},
		{scruple.CN, scruple.SMS, "1381234567", "", BadAddress},
		{scruple.CN, scruple.SMS, "1.38123E+10", "", BadAddress},
		{scruple.HK, scruple.SMS, "9123 4567", "+85291234567", ""},
		{scruple.HK, scruple.SMS, "912345678", "", BadAddress},
		{scruple.US, scruple.SMS, "(212) 555-0123", "+12125550123", ""},
		{scruple.US, scruple.SMS, "1-212-555-0123", "+12125550123", ""},
		{scruple.US, scruple.SMS, "112-555-0123", "", BadAddress},
		{scruple.UK, scruple.SMS, "07700 900123", "+447700900123", ""},
		{scruple.UK, scruple.SMS, "020 7946 0018", "", BadAddress},
		{scruple.EU, scruple.SMS, "+49 151 23456789", "+4915123456789", ""},
		{scruple.EU, scruple.SMS, "0151 23456789", "", BadAddress},
		{scruple.EU, scruple.SMS, "+1234", "", BadAddress},
		{scruple.CN, scruple.WeChat, "oABC_123", "oABC_123", ""},
		{scruple.CN, scruple.WeChat, "o\tA", "", BadAddress},
		{scruple.US, scruple.Push, "", "", NoAddress},
	} {
		t.Run(string(c.market)+" "+c.in, func(t *testing.T) {
			checkValue(t, Layout{Market: c.market, Channel: c.channel}, addressColumn(c.channel), c.in, c.want, c.code)
		})
	}
}

// checkValue reads a list of one row that holds a value in a column.
func checkValue(t *testing.T, l Layout, column, in, want, code string) {
	t.Helper()
	src := textSource("l.csv", fmt.Sprintf("customer_id,%s\n1,\"%s\"\n", column, in))
	for r, err := range Read(src, l) {
		if bad := (*RowError)(nil); errors.As(err, &bad) {
			if bad.Code != code || bad.Column != column || bad.Line != 2 || bad.File != "l.csv" {
				t.Fatalf("rejected as %+v, want code %q", bad, code)
			}
			if len(in) > 2 && strings.Contains(bad.Error(), in) {
				t.Errorf("the error shows the value: %v", bad)
			}
			return
		} else if err != nil {
			t.Fatal(err)
		}
		if got, _ := r.Field(column); got != want || code != "" {
			t.Fatalf("got %q, want %q and code %q", got, want, code)
		}
	}
}

func TestLayout(t *testing.T) {
	src := textSource("l.csv", "客户号,邮箱,email,出生日期\n7,a@b.com,old@b.com,1990/1/2\n8,x,old@b.com,1990/1/2\n")
	l := Layout{Columns: map[string]string{"customer_id": "客户号", "email": "邮箱", "birth_date": "出生日期"}, Channel: scruple.Email}
	rows, rejects, err := collect(src, l)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"2: 7|a@b.com|1990-01-02"}, rows); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"3: bad_address 邮箱"}, rejects); d != "" {
		t.Error(d)
	}
}

func TestListErrors(t *testing.T) {
	gz := func(s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, s)
		_ = w.Close()
		return b.String()
	}
	cut := gz("customer_id,x\n" + strings.Repeat("1,abcdefg\n", 1000))
	for name, c := range map[string]struct {
		file, in string
		l        Layout
		is       error
		says     []string
	}{
		"empty file":       {"l.csv", "", Layout{}, ErrEmpty, []string{"l.csv", "no header"}},
		"only blank lines": {"l.csv", "\n\r\n\n", Layout{}, ErrEmpty, []string{"no header"}},
		"only a header":    {"l.csv", "customer_id\n", Layout{}, ErrEmpty, []string{"no row"}},
		"empty jsonl":      {"l.jsonl", "\n", Layout{}, ErrEmpty, []string{"no row"}},
		"empty parquet":    {"l.parquet", "", Layout{}, ErrEmpty, nil},
		"no id column":     {"l.csv", "customer-id,x\n1,2\n", Layout{}, ErrNoColumn, []string{`"customer_id"`, `nearest is "customer-id"`, "customer-id, x"}},
		"no mapped column": {
			"l.csv", "客户号,x\n1,2\n",
			Layout{Columns: map[string]string{"customer_id": "客户编号"}},
			ErrNoColumn,
			[]string{"客户编号", `nearest is "客户号"`, "for customer_id", "客户号, x"},
		},
		"no address column": {"l.csv", "customer_id,Email\n1,2\n", Layout{Channel: scruple.Email}, ErrNoColumn, []string{`"email"`, `nearest is "Email"`}},
		"mapped twice": {
			"l.csv", "a,b\n1,2\n",
			Layout{Columns: map[string]string{"customer_id": "a", "name": "a"}},
			nil,
			[]string{"twice", "customer_id", "name"},
		},
		"same name twice": {"l.csv", "customer_id,x,x\n1,2,3\n", Layout{}, nil, []string{`"x"`}},
		"reserved name":   {"l.csv", "customer_id,_line\n1,2\n", Layout{}, nil, []string{"_line", "reserved"}},
		"UTF-16 LE":       {"l.csv", "\xff\xfec\x00", Layout{}, nil, []string{"UTF-16"}},
		"UTF-16 BE":       {"l.csv", "\xfe\xff\x00c", Layout{}, nil, []string{"UTF-16"}},
		"GB18030 header":  {"l.csv", "customer_id,\xd3\xca\xcf\xe4\n1,2\n", Layout{}, nil, []string{"line 1", "GB18030", "declare"}},
		"broken header":   {"l.csv", "customer_id,\"x\n1,2\n", Layout{}, nil, []string{"line 1", "quote"}},
		"long header":     {"l.csv", strings.Repeat("x", 1<<17), Layout{}, nil, []string{"line 1", "64 KiB"}},
		"cut gzip":        {"l.csv.gz", cut[:len(cut)-20], Layout{}, io.ErrUnexpectedEOF, []string{"l.csv.gz", "line"}},
		"unknown format":  {"l.xlsx", "PK", Layout{}, nil, []string{`"xlsx"`, "csv, jsonl or parquet"}},
		"no parquet":      {"l.parquet", "customer_id\n1\n", Layout{}, nil, []string{"Parquet"}},
		"no json at all":  {"l.jsonl", "customer_id,x\n1,2\n", Layout{}, nil, []string{"JSON object"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := collect(textSource(c.file, c.in), c.l)
			if err == nil || c.is != nil && !errors.Is(err, c.is) {
				t.Fatalf("got %v, want %v", err, c.is)
			}
			for _, s := range c.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q does not say %q", err, s)
				}
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	const list = "客户号,姓名\r\n1,王小明𠮷\r\n2,\"李,四\"\r\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(list)
	if err != nil {
		t.Fatal(err)
	}
	l := Layout{Columns: map[string]string{"customer_id": "客户号"}}
	want := []string{"2: 1|王小明𠮷", "3: 2|李,四"}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(z, gb)
	_ = z.Close()
	for name, src := range map[string]Source{
		"gb18030":              {Name: "l.csv", Encoding: "GB18030", Open: textSource("", gb).Open},
		"gb18030 with mark":    {Name: "l.csv", Encoding: "gb18030", Open: textSource("", "\x84\x31\x95\x33"+gb).Open},
		"gzip of gb18030":      {Name: "l.csv.gz", Encoding: "gb18030", Open: bytesSource("", zipped.Bytes()).Open},
		"gzip under any name":  {Name: "l.csv", Encoding: "gb18030", Open: bytesSource("", zipped.Bytes()).Open},
		"declared utf-8":       {Name: "l.csv", Encoding: "utf-8", Open: textSource("", list).Open},
		"declared format":      {Name: "list", Format: "csv", Open: textSource("", list).Open},
		"tabs":                 {Name: "l.tsv", Open: textSource("", "客户号\t姓名\n1\t王小明𠮷\n2\t李,四\n").Open},
		"semicolons":           {Name: "l.csv", Delimiter: ';', Open: textSource("", "客户号;姓名\n1;王小明𠮷\n2;李,四\n").Open},
		"utf-8 mark":           {Name: "l.csv", Open: textSource("", "\ufeff"+list).Open},
		"utf-8 in small reads": {Name: "l.csv", Open: slow(list)},
	} {
		t.Run(name, func(t *testing.T) {
			rows, rejects, err := collect(src, l)
			if d := cmp.Diff(want, rows); d != "" || rejects != nil || err != nil {
				t.Fatal(d, rejects, err)
			}
		})
	}
	t.Run("broken gb18030", func(t *testing.T) {
		bad := strings.Replace(gb, "\r\n2", "\xff\r\n2", 1)
		rows, rejects, err := collect(Source{Name: "l.csv", Encoding: "gb18030", Open: textSource("", bad).Open}, l)
		if d := cmp.Diff([]string{"3: 2|李,四"}, rows); d != "" || err != nil || len(rejects) != 1 || rejects[0] != "2: bad_encoding" {
			t.Fatal(d, rejects, err)
		}
	})
	t.Run("contradiction", func(t *testing.T) {
		_, _, err := collect(Source{Name: "l.csv", Encoding: "gb18030", Open: textSource("", "\ufeff"+list).Open}, l)
		if err == nil || !strings.Contains(err.Error(), "declare utf-8") {
			t.Fatal(err)
		}
	})
}

// slow gives one byte at a time.
func slow(s string) func(int64, int64) (io.ReadCloser, error) {
	return func(int64, int64) (io.ReadCloser, error) {
		return io.NopCloser(iotestOneByte{strings.NewReader(s)}), nil
	}
}

type iotestOneByte struct{ r io.Reader }

func (o iotestOneByte) Read(p []byte) (int, error) { return o.r.Read(p[:min(1, len(p))]) }

// What encoding/csv takes without complaint must read the same here.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n", "a\n\"x\ny\"\nz\n", "a,b\r\n\"\"\"\",\r\n", "a\n\"x", "a\n\"x\"y\n1", "\n\n,\n", "a\r\r\nb\r", "\"a\r\nb\",c\n\n\"d\"", "\x00,\xff\n\"\n\"",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(checkCSV)
}

// TestCSVNoise feeds the scanner with the signs that matter, in many orders.
func TestCSVNoise(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(rt, "bytes")
		signs := rapid.SliceOfN(rapid.SampledFrom([]byte("\"\"\",,\n\n\rab\x00\xff")), n, n).Draw(rt, "list")
		checkCSV(t, signs)
	})
}

// TestBufferEdgeDoesNotShow reads the same rows behind leads of any length: where the buffer ends must change nothing.
func TestBufferEdgeDoesNotShow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(50, 200).Draw(rt, "bytes")
		list := rapid.SliceOfN(rapid.SampledFrom([]byte("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\"\r\n\n,")), n, n).Draw(rt, "list")
		want := outcome(list, 0)
		for lead := range 260 {
			if d := cmp.Diff(want, outcome(append(bytes.Repeat([]byte{'\n'}, lead), list...), lead)); d != "" {
				rt.Fatalf("behind %d bytes: %s", lead, d)
			}
		}
	})
}

// outcome tells all rows and rejections of a list, with lines counted from behind the lead.
func outcome(in []byte, lead int) (all []string) {
	c := csvScanner{scanner: newScanner(bytes.NewReader(in), 64), delim: ','}
	for {
		line, err := c.next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if bad := (*RowError)(nil); errors.As(err, &bad) {
			all = append(all, fmt.Sprintf("%d: %s", line-lead, bad.Reason))
			continue
		}
		all = append(all, fmt.Sprintf("%d: %q", line-lead, c.values(nil)))
	}
}

func checkCSV(t *testing.T, in []byte) {
	t.Helper()
	var got [][]string
	c := csvScanner{scanner: newScanner(bytes.NewReader(in), 64), delim: ','}
	clean, last := true, 0
	for {
		line, err := c.next()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *RowError
		if err != nil && !errors.As(err, &bad) {
			t.Fatal(err)
		}
		if line <= last || line > 1+bytes.Count(in, []byte{'\n'}) {
			t.Fatalf("line %d after %d", line, last)
		}
		if last = line; bad != nil {
			clean = false
			continue
		}
		start := bytes.SplitAfterN(in, []byte{'\n'}, line)[line-1]
		if v := c.values(nil); v[0] != "" && !bytes.Contains(start, []byte(firstLine(v[0]))) {
			t.Fatalf("row %q is not at line %d", v, line)
		}
		got = append(got, c.values(nil))
	}
	compare(t, in, got, clean)
}

// firstLine returns the part of a field that its row's first line shows as it is.
func firstLine(v string) string {
	i := strings.IndexAny(v, "\"\r\n")
	if i < 0 {
		return v
	}
	return v[:i]
}

func compare(t *testing.T, in []byte, got [][]string, clean bool) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(in))
	r.FieldsPerRecord = -1
	want, err := r.ReadAll()
	if err != nil || !clean {
		return
	}
	for _, row := range got {
		for i := range row { // encoding/csv makes LF of a CRLF within quotes
			row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%q: %s", in, d)
	}
}
