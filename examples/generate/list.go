package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// list is a segment list that is being written.
type list struct {
	channel string
	columns []string
	row     func(person) []string
	address int // the column of the channel's address
	name    int // the column of the name
	garbage string

	rows  [][]byte
	again [][]byte // second rows, which a later export added at the end
}

// add writes one person, with the trouble that the row has.
func (l *list) add(d *draw, p person, t trouble, encode func([]string) []byte) {
	fields := l.row(p)
	switch t {
	case noAddress:
		fields[l.address] = ""
	case badAddress:
		fields[l.address] = pick(d, badAddresses(l.channel))
	case shortRow:
		l.rows = append(l.rows, encode(fields[:len(fields)-2]))
		return
	case brokenQuote:
		line := encode(fields)
		l.rows = append(l.rows, append(line[:bytes.IndexByte(line, ',')+1], `"never closed`...))
		return
	case brokenBytes:
		fields[l.name] = "@@"
		l.rows = append(l.rows, bytes.Replace(encode(fields), []byte("@@"), []byte(l.garbage), 1))
		return
	case twice:
		l.again = append(l.again, encode(fields))
	case twiceOther:
		other := p
		other.rating, other.region, other.level = "C1", "", "私行"
		other.birth = d.day(sendYear-60, sendYear-25)
		l.again = append(l.again, encode(l.row(other)))
	}
	l.rows = append(l.rows, encode(fields))
}

// lines returns all rows under a first line, which may be empty, each ended by eol.
func (l *list) lines(head []byte, eol string) []byte {
	var b bytes.Buffer
	all := append(append([][]byte{}, l.rows...), l.again...)
	if head != nil {
		all = append([][]byte{head}, all...)
	}
	for _, row := range all {
		b.Write(row)
		b.WriteString(eol)
	}
	return b.Bytes()
}

func csvRow(fields []string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(fields) // a bytes.Buffer takes everything
	w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// gb18030Row encodes field by field, so that bytes that are no text can be put in afterwards.
func gb18030Row(fields []string) []byte {
	out, err := simplifiedchinese.GB18030.NewEncoder().Bytes(csvRow(fields))
	if err != nil {
		panic(err) // GB18030 holds all of Unicode
	}
	return out
}

// jsonRow writes one object; empty fields are left out, as exporters do, and figures are figures.
func (l *list) jsonRow(fields []string) []byte {
	var b strings.Builder
	b.WriteByte('{')
	for i, f := range fields {
		if f == "" {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.Write(jsonText(l.columns[i]))
		b.WriteByte(':')
		if l.columns[i] == "balance" && strings.Trim(f, "0123456789.") == "" {
			b.WriteString(f)
			continue
		}
		b.Write(jsonText(f))
	}
	return []byte(b.String() + "}")
}

func jsonText(s string) []byte {
	out, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has a form in JSON
	}
	return out
}

func zipped(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level exists
	_, _ = w.Write(data)                                  // a bytes.Buffer takes everything
	_ = w.Close()
	return b.Bytes()
}
