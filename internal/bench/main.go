// Command bench runs the benchmarks that have a bar, each several times, and prints one table in Markdown: the median of each
// figure, its bar, and how far it lies above or below. It is what make bench runs, from the root of the module.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// run is one call of go test.
type run struct {
	folder, benchmarks string
	count              int
}

var runs = []run{
	{"./functions", "^(BenchmarkDecide|BenchmarkImport)$", 3},
	{"./functions", "^BenchmarkScale$", 1},
	{"./compliance", "^(BenchmarkCheck|BenchmarkTail|BenchmarkCores|BenchmarkRules|BenchmarkRegexps|BenchmarkBuiltin)$", 2},
	{"./compliance", "^BenchmarkDocuments$", 1},
	{"./templates", "^BenchmarkFill", 3},
	{"./port/sqlite", "^BenchmarkCommit$/^callers=1$/^batch=(1|500)$", 3},
}

// line is one line of the table: a figure of a benchmark.
type line struct {
	label, benchmark, unit string
	bar                    float64 // 0: none
	most                   bool    // the bar is a most, not a least
}

var lines = []line{
	{"segment row to durable decision and outbox, 1 core", "BenchmarkDecide/cores=1", "messages/s", 15000, false},
	{"the same, 2 cores", "BenchmarkDecide/cores=2", "messages/s", 0, false},
	{"import of a segment, 12 columns, 1 core", "BenchmarkImport", "rows/s", 150000, false},
	{"a list of 100,000", "BenchmarkScale/rows=100000", "messages/s", 0, false},
	{"a list of 1,000,000", "BenchmarkScale/rows=1000000", "messages/s", 0, false},
	{"most memory, 100,000 rows", "BenchmarkScale/rows=100000", "MiB-most", 200, true},
	{"most memory, 1,000,000 rows", "BenchmarkScale/rows=1000000", "MiB-most", 200, true},
	{"check of an SMS, slowest hundredth, Chinese", "BenchmarkTail/SMS_zh", "us-p99", 50, true},
	{"the same, English", "BenchmarkTail/SMS_en", "us-p99", 50, true},
	{"check of a 20 KiB HTML mail, slowest hundredth", "BenchmarkTail/HTML_20KiB", "us-p99", 1000, true},
	{"allocations of a check, SMS in Chinese", "BenchmarkCheck/SMS_zh", "allocs/op", 0, true},
	{"allocations of a check, 5 KiB of English", "BenchmarkCheck/text_5KiB", "allocs/op", 0, true},
	{"load of all books, every market asked for", "BenchmarkBuiltin/markets=all", "ms", 150, true},
	{"load of all books, one market asked for", "BenchmarkBuiltin/markets=one", "ms", 0, true},
}

// ratios compare one figure with another.
var ratios = []struct {
	label, over, under, unit string
	bar                      float64
}{
	{"2 cores to 1", "BenchmarkDecide/cores=2", "BenchmarkDecide/cores=1", "messages/s", 1.8},
	{"check to the same terms as regular expressions, one by one, SMS in Chinese", "BenchmarkCheck/SMS_zh", "BenchmarkRegexps/SMS_zh", "checks/s", 500},
	{"the same, SMS in English", "BenchmarkCheck/SMS_en", "BenchmarkRegexps/SMS_en", "checks/s", 500},
	{"the same, 1 KiB of English", "BenchmarkCheck/text_1KiB", "BenchmarkRegexps/text_1KiB", "checks/s", 500},
	{"check to Vale, with the terms of as many rules", "BenchmarkDocuments/by=scruple", "BenchmarkDocuments/by=vale", "documents/s", 30},
	{"check on 2 cores to 1", "BenchmarkCores/cores=2", "BenchmarkCores/cores=1", "checks/s", 1.8},
	{"check by 2,000 rules to 200", "BenchmarkRules/words=own/rules=2000", "BenchmarkRules/words=own/rules=200", "checks/s", 0.5},
	{"the same, rules that share families of words", "BenchmarkRules/words=shared/rules=2000", "BenchmarkRules/words=shared/rules=200", "checks/s", 0.5},
	{"speed at 1,000,000 rows to 100,000 (1: time grows linearly)", "BenchmarkScale/rows=1000000", "BenchmarkScale/rows=100000", "messages/s", 0.9},
}

func main() {
	scruple := flag.String("scruple", "bin/scruple", "the program, for its size and its start")
	flag.Parse()
	if err := bench(*scruple); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

func bench(scruple string) error {
	found := figures{}
	buildVale()
	for _, r := range runs {
		if err := r.do(found); err != nil {
			return err
		}
	}
	fmt.Printf("%s, %s, %s/%s, %d CPUs\n\n", found.cpu(), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	fmt.Println("| What | Figure | Bar | Figure to bar |\n|---|--:|--:|--:|")
	for _, l := range lines {
		row(l.label, found.median(l.benchmark, l.unit), l.unit, l.bar, l.most)
	}
	for _, r := range ratios {
		if found[r.under+" "+r.unit] == nil && r.under == byVale {
			fmt.Printf("| %s | **NOT MEASURED: Vale could not be built** | at least %s | |\n", r.label, short(r.bar))
			continue
		}
		row(r.label, found.median(r.over, r.unit)/found.median(r.under, r.unit), "times", r.bar, false)
	}
	if err := program(scruple); err != nil {
		return err
	}
	found.rest()
	return nil
}

// byVale is the benchmark that needs Vale.
const byVale = "BenchmarkDocuments/by=vale"

// buildVale builds the linter that the checker is compared with, from a module of its own, and tells the benchmark where it is.
func buildVale() {
	const module, program = "internal/bench/vale", "bin/vale"
	to, err := filepath.Abs(program)
	if err == nil {
		build := exec.Command("go", "-C", module, "build", "-o", to, "github.com/vale-cli/vale/v3/cmd/vale")
		fmt.Fprintln(os.Stderr, strings.Join(build.Args, " "))
		var out []byte
		if out, err = build.CombinedOutput(); err == nil {
			err = os.Setenv("SCRUPLE_VALE", to)
		} else {
			err = fmt.Errorf("%w\n%s", err, out)
		}
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "*** VALE COULD NOT BE BUILT (it needs the module proxy and a C compiler): THE CHECKER IS NOT COMPARED WITH IT ***\n%v\n", err)
	}
}

// program measures the program itself: its size, and how long it takes from its start to the first judged message.
func program(scruple string) error {
	info, err := os.Stat(scruple)
	if err != nil {
		return err
	}
	var took []float64
	for range 5 {
		check := exec.Command(scruple, "check", "-", "--market", "cn")
		check.Stdin = strings.NewReader("【云岭银行】本周六营业至17:00。拒收请回复R")
		begun := time.Now()
		if out, err := check.CombinedOutput(); check.ProcessState == nil || check.ProcessState.ExitCode() > 1 {
			return fmt.Errorf("%s check: %w\n%s", scruple, err, out)
		}
		took = append(took, time.Since(begun).Seconds())
	}
	row("start of the program to the first judged message", median(took), "s", 0.5, true)
	row("size of the program", float64(info.Size())/1e6, "MB", 40, true)
	return nil
}

func row(label string, v float64, unit string, bar float64, most bool) {
	unit = strings.TrimSuffix(unit, "-most")
	if bar == 0 && most {
		fmt.Printf("| %s | %s %s | none | |\n", label, short(v), unit)
		return
	}
	if bar == 0 {
		fmt.Printf("| %s | %s %s | | |\n", label, short(v), unit)
		return
	}
	word := "at least"
	if most {
		word = "at most"
	}
	fmt.Printf("| %s | %s %s | %s %s | %.2f |\n", label, short(v), unit, word, short(bar), v/bar)
}

func short(v float64) string {
	if v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
