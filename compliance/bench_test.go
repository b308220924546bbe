package compliance

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scruple/scruple"
)

const (
	plainEnglish = "Dear customer, our Saturday hours change next month. The branch on Market Street opens at nine and shuts at one. " +
		"You can book a talk with an adviser online or by phone, and bring your questions about savings and pensions. "
	plainChinese = "尊敬的客户，网点本周起延长营业时间至晚八点，周六照常营业，欢迎携带身份证件前来咨询。您可以在手机银行预约理财经理，也可以拨打客服电话。"
)

// plainMessages are messages without fault, of the kinds that are sent most.
func plainMessages() map[string]*scruple.Message {
	page := strings.Repeat("<tr><td style=\"color:#333;padding:4px\"><p>"+plainEnglish+"</p></td></tr>\n", 80)
	return map[string]*scruple.Message{
		"SMS_zh":     {Market: scruple.CN, Channel: scruple.SMS, Text: "【青禾银行】尊敬的客户，网点本周起延长营业时间至晚八点，周六照常营业，欢迎携带身份证件前来咨询。拒收请回复R"},
		"SMS_en":     {Market: scruple.UK, Channel: scruple.SMS, Text: "Larkhill Bank: our branch on Market Street is open on Saturdays from 9 to 1, and you can book a talk in the app. Opt out: STOP to 60123"},
		"text_1KiB":  {Market: scruple.US, Channel: scruple.Push, Text: strings.Repeat(plainEnglish, 5)[:1<<10]},
		"text_5KiB":  {Market: scruple.US, Channel: scruple.Push, Text: strings.Repeat(plainEnglish, 24)[:5<<10]},
		"zh_1KiB":    {Market: scruple.CN, Channel: scruple.Push, Text: strings.Repeat(plainChinese, 5)},
		"HTML_5KiB":  {Market: scruple.US, Channel: scruple.Web, HTML: page[:5<<10]},
		"HTML_20KiB": {Market: scruple.US, Channel: scruple.Web, HTML: page[:20<<10]},
	}
}

func plainFacts() *scruple.Facts {
	return &scruple.Facts{Now: noon, Product: &scruple.Product{Type: "deposit"}}
}

func BenchmarkCheck(b *testing.B) {
	messages := plainMessages()
	for _, name := range []string{"SMS_zh", "SMS_en", "text_1KiB", "text_5KiB", "zh_1KiB", "HTML_5KiB", "HTML_20KiB"} {
		b.Run(name, func(b *testing.B) {
			book, m, f := book(b), messages[name], plainFacts()
			book.Check(m, f) // the first message of a market builds its engine
			b.ReportAllocs()
			for b.Loop() {
				book.Check(m, f)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "checks/s")
		})
	}
}

// BenchmarkTail measures the slowest hundredth.
func BenchmarkTail(b *testing.B) {
	messages := plainMessages()
	for _, name := range []string{"SMS_zh", "SMS_en", "HTML_20KiB"} {
		b.Run(name, func(b *testing.B) {
			book, m, f := book(b), messages[name], plainFacts()
			var took []time.Duration
			for b.Loop() {
				begun := time.Now()
				book.Check(m, f)
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e3, "us-p99")
		})
	}
}

// BenchmarkCores checks on one and on two cores.
func BenchmarkCores(b *testing.B) {
	for _, cores := range []int{1, 2} {
		b.Run(fmt.Sprintf("cores=%d", cores), func(b *testing.B) {
			book, m, f := book(b), plainMessages()["text_1KiB"], plainFacts()
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					book.Check(m, f)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "checks/s")
		})
	}
}

// Loading reads all rules; the words of a market are entered when it is first asked for: one market, or all of them at once.
func BenchmarkBuiltin(b *testing.B) {
	for name, markets := range map[string][]scruple.Market{"one": {scruple.CN}, "all": scruple.Markets()} {
		b.Run("markets="+name, func(b *testing.B) {
			for b.Loop() {
				book, err := Load(Rules)
				if err != nil {
					b.Fatal(err)
				}
				var wg sync.WaitGroup
				for _, m := range markets {
					wg.Go(func() { book.Check(&scruple.Message{Market: m, Text: "x"}, nil) })
				}
				wg.Wait()
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(b.N), "ms")
		})
	}
}
