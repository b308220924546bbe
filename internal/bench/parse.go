package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// figures are the values of each benchmark by "name unit", in the order of the runs. The key "cpu" holds the machine's name.
type figures map[string][]float64

// processors is the suffix that go test puts behind a benchmark's name.
var processors = regexp.MustCompile(`-\d+$`)

const cpuKey = "cpu: "

func (r run) do(into figures) error {
	args := []string{"test", "-run", "^$", "-bench", r.benchmarks, "-count", strconv.Itoa(r.count), "-timeout", "30m", r.folder}
	if r.folder == "./functions" { // one operation is a whole list
		args = append(args, "-benchtime", "1x")
	}
	fmt.Fprintln(os.Stderr, "go", strings.Join(args, " "))
	out, err := exec.Command("go", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", r.folder, err, out)
	}
	into.read(out)
	return nil
}

// read takes in what go test -bench printed.
func (f figures) read(out []byte) {
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		if cpu, ok := strings.CutPrefix(s.Text(), cpuKey); ok {
			f[cpuKey+cpu] = nil
		}
		fields := strings.Fields(s.Text())
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := processors.ReplaceAllString(fields[0], "")
		for i := 2; i+1 < len(fields); i += 2 {
			if v, err := strconv.ParseFloat(fields[i], 64); err == nil {
				f[name+" "+fields[i+1]] = append(f[name+" "+fields[i+1]], v)
			}
		}
	}
}

func (f figures) cpu() string {
	for key := range f {
		if cpu, ok := strings.CutPrefix(key, cpuKey); ok {
			return cpu
		}
	}
	return "unknown processor"
}

// median returns the median of a benchmark's figure; a benchmark that did not report it is a fault of the table above.
func (f figures) median(benchmark, unit string) float64 {
	values := f[benchmark+" "+unit]
	if len(values) == 0 {
		panic("no benchmark printed " + benchmark + " in " + unit)
	}
	return median(values)
}

// rest prints the figures that have no bar, for whoever looks for where the time goes.
func (f figures) rest() {
	fmt.Println("\n| Part | Figure |\n|---|--:|")
	var keys []string
	for key := range f {
		name, unit, _ := strings.Cut(key, " ")
		shown := slices.ContainsFunc(lines, func(l line) bool { return l.benchmark == name && l.unit == unit })
		if f[key] != nil && !shown && unit != "B/op" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		name, unit, _ := strings.Cut(key, " ")
		fmt.Printf("| %s | %s %s |\n", strings.TrimPrefix(name, "Benchmark"), short(median(f[key])), unit)
	}
}
