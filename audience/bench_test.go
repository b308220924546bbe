package audience

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"testing"

	"github.com/scruple/scruple"
)

// bankList is a CSV of 12 columns as a bank would export it; one row in fifty repeats a customer.
func bankList(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("customer_id,email,phone,name,locale,time_zone,region,birth_date,risk_rating,rated_until,balance,branch\n")
	for i := range rows {
		id := i
		if i%50 == 49 {
			id = i - 25
		}
		fmt.Fprintf(&b, "C%08d,user%d@mail%d.example.com,138%08d,王小明%d,zh-CN,Asia/Shanghai,cn-%02d,19%02d-0%d-1%d,C%d,2027-0%d-15,%d.%02d,\"Branch %d, Pudong\"\n",
			id, id, id%97, id%100000000, id%1000, id%31, 50+id%50, 1+id%9, id%10, 1+id%5, 1+id%9, id%1000000, id%100, id%300)
	}
	return b.Bytes()
}

func bytesSource(name string, data []byte) Source {
	return Source{Name: name, Size: int64(len(data)), Open: func(offset, length int64) (io.ReadCloser, error) {
		if length < 0 {
			length = int64(len(data)) - offset
		}
		return io.NopCloser(io.NewSectionReader(bytes.NewReader(data), offset, length)), nil
	}}
}

func BenchmarkFreeze100k(b *testing.B) {
	const n = 100_000
	src := bytesSource("bench.csv", bankList(n))
	layout := Layout{Market: scruple.CN, Channel: scruple.Email}
	b.SetBytes(src.Size)
	b.ReportAllocs()
	for b.Loop() {
		s, err := Freeze(context.Background(), Read(src, layout), Plan{List: src.Name, Seed: "bench"}, 500, nil, io.Discard, nil)
		if err != nil || s.Funnel.Read != n {
			b.Fatal(err, s.Funnel)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkRead100k(b *testing.B) {
	const n = 100_000
	src := bytesSource("bench.csv", bankList(n))
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range Read(src, Layout{Market: scruple.CN, Channel: scruple.Email}) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkReadBatch(b *testing.B) {
	var out bytes.Buffer
	src := bytesSource("bench.csv", bankList(20_000))
	s, err := Freeze(context.Background(), Read(src, Layout{}), Plan{}, 500, nil, &out, nil)
	if err != nil {
		b.Fatal(err)
	}
	cols, err := ReadHeader(bytes.NewReader(out.Bytes()))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for _, batch := range s.Batches {
			for _, err := range ReadBatch(bytes.NewReader(out.Bytes()[batch.Offset:batch.Offset+batch.Length]), cols) {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkFilter(b *testing.B) {
	names := []string{"customer_id", "region", "balance", "birth_date"}
	fields := map[string]string{"region": "string", "balance": "double", "birth_date": "date"}
	f, err := CompileFilter(`region in ["cn-bj", "cn-sh"] && balance > 1000.0 && birth_date < date("1990-01-01")`, fields)
	if err != nil {
		b.Fatal(err)
	}
	r := scruple.Recipient{ID: "1", Columns: scruple.NewColumns(names), Values: []string{"1", "cn-sh", strconv.Itoa(2000), "1980-05-05"}}
	b.ReportAllocs()
	for b.Loop() {
		if in, err := f.Match(&r); err != nil || !in {
			b.Fatal(in, err)
		}
	}
}
