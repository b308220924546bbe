package compliance

import (
	"math"
	"testing"
)

func TestColours(t *testing.T) {
	for in, want := range map[string]rgba{
		"#fff":                     {255, 255, 255, 255},
		"#12355b":                  {0x12, 0x35, 0x5b, 255},
		"#0008":                    {0, 0, 0, 0x88},
		"#11223344":                {0x11, 0x22, 0x33, 0x44},
		"rebeccapurple":            {0x66, 0x33, 0x99, 255},
		"transparent":              {},
		"rgb(255, 0, 10)":          {255, 0, 10, 255},
		"rgb(100% 0% 0% / 50%)":    {255, 0, 0, 128},
		"rgba(0,0,0,0.1)":          {0, 0, 0, 26},
		"hsl(120, 100%, 25%)":      {0, 128, 0, 255},
		"hsl(210deg 50% 50% / .5)": {64, 128, 191, 128},
		"hsla(-150,50%,50%,1)":     {64, 128, 191, 255},
	} {
		if got, ok := colourOf([]byte(in)); !ok || got != want {
			t.Errorf("%s: got %v %v, want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "#12", "#ggg", "rgb(1,2)", "rgb(nan,1,2)", "inherit", "url(#fff)", "rgb(", "#1234567890", "var(--x)"} {
		if c, ok := colourOf([]byte(in)); ok {
			t.Errorf("%q is no colour, got %v", in, c)
		}
	}
}

// The ratios are those that WCAG 2.1 and its examples give.
func TestContrast(t *testing.T) {
	for _, tc := range []struct {
		ink, ground string
		want        float64
	}{
		{"#000", "#fff", 21},
		{"#fff", "#fff", 1},
		{"#777", "#fff", 4.48},
		{"#767676", "#fff", 4.54},
		{"#fff", "#06c", 5.57},
		{"#999", "#eee", 2.45},
		{"rgba(0,0,0,.5)", "#fff", 3.98},
	} {
		ink, _ := colourOf([]byte(tc.ink))
		ground, _ := colourOf([]byte(tc.ground))
		p := paint{ink: ink, ground: ground}
		if got := p.ratio(); math.Abs(got-tc.want) > 0.03 {
			t.Errorf("%s on %s: %.2f, want %.2f", tc.ink, tc.ground, got, tc.want)
		}
	}
}

func TestLengths(t *testing.T) {
	for in, want := range map[string]float32{"12px": 12, "9pt": 12, "1.5em": 30, "2rem": 32, "80%": 16, "0": 0, "-999px": -999, "1in": 96, ".5em": 10} {
		if got, ok := length([]byte(in), 20, 20); !ok || got != want {
			t.Errorf("%s: got %v %v, want %v", in, got, ok, want)
		}
	}
	for in, want := range map[string]float32{"small": 13, "larger": 24, "150%": 30, "x-large": 24, "10pt": 10 * 4.0 / 3} {
		if got, ok := fontSize([]byte(in), 20); !ok || got != want {
			t.Errorf("%s: got %v %v, want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "auto", "calc(1px + 2px)", "12qq", "5vw", "-", "."} {
		if n, ok := length([]byte(in), 16, 16); ok {
			t.Errorf("%q is no length, got %v", in, n)
		}
	}
}
