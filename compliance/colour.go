package compliance

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"sync"
)

// rgba is a colour with its opacity, each from 0 to 255.
type rgba struct{ r, g, b, a uint8 }

// colourNames are the names of CSS Color Module Level 4, each with its value.
const colourNames = `aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc bisque ffe4c4 black 000000
blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a burlywood deb887 cadetblue 5f9ea0 chartreuse 7fff00 chocolate d2691e
coral ff7f50 cornflowerblue 6495ed cornsilk fff8dc crimson dc143c cyan 00ffff darkblue 00008b darkcyan 008b8b darkgoldenrod b8860b
darkgray a9a9a9 darkgreen 006400 darkgrey a9a9a9 darkkhaki bdb76b darkmagenta 8b008b darkolivegreen 556b2f darkorange ff8c00
darkorchid 9932cc darkred 8b0000 darksalmon e9967a darkseagreen 8fbc8f darkslateblue 483d8b darkslategray 2f4f4f darkslategrey 2f4f4f
darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493 deepskyblue 00bfff dimgray 696969 dimgrey 696969 dodgerblue 1e90ff
firebrick b22222 floralwhite fffaf0 forestgreen 228b22 fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold ffd700 goldenrod daa520
gray 808080 green 008000 greenyellow adff2f grey 808080 honeydew f0fff0 hotpink ff69b4 indianred cd5c5c indigo 4b0082 ivory fffff0
khaki f0e68c lavender e6e6fa lavenderblush fff0f5 lawngreen 7cfc00 lemonchiffon fffacd lightblue add8e6 lightcoral f08080
lightcyan e0ffff lightgoldenrodyellow fafad2 lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3 lightpink ffb6c1 lightsalmon ffa07a
lightseagreen 20b2aa lightskyblue 87cefa lightslategray 778899 lightslategrey 778899 lightsteelblue b0c4de lightyellow ffffe0
lime 00ff00 limegreen 32cd32 linen faf0e6 magenta ff00ff maroon 800000 mediumaquamarine 66cdaa mediumblue 0000cd
mediumorchid ba55d3 mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee mediumspringgreen 00fa9a
mediumturquoise 48d1cc mediumvioletred c71585 midnightblue 191970 mintcream f5fffa mistyrose ffe4e1 moccasin ffe4b5
navajowhite ffdead navy 000080 oldlace fdf5e6 olive 808000 olivedrab 6b8e23 orange ffa500 orangered ff4500 orchid da70d6
palegoldenrod eee8aa palegreen 98fb98 paleturquoise afeeee palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9 peru cd853f
pink ffc0cb plum dda0dd powderblue b0e0e6 purple 800080 rebeccapurple 663399 red ff0000 rosybrown bc8f8f royalblue 4169e1
saddlebrown 8b4513 salmon fa8072 sandybrown f4a460 seagreen 2e8b57 seashell fff5ee sienna a0522d silver c0c0c0 skyblue 87ceeb
slateblue 6a5acd slategray 708090 slategrey 708090 snow fffafa springgreen 00ff7f steelblue 4682b4 tan d2b48c teal 008080
thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet ee82ee wheat f5deb3 white ffffff whitesmoke f5f5f5 yellow ffff00
yellowgreen 9acd32`

// namedColours is built once and never changed.
var namedColours = sync.OnceValue(func() map[string]rgba {
	m := map[string]rgba{"transparent": {}}
	f := strings.Fields(colourNames)
	for i := 0; i+1 < len(f); i += 2 {
		m[f[i]], _ = hexColour([]byte(f[i+1]))
	}
	return m
})

// colourOf reads a CSS colour in lower case, or a bgcolor attribute.
func colourOf(v []byte) (rgba, bool) {
	switch {
	case len(v) == 0:
		return rgba{}, false
	case v[0] == '#':
		return hexColour(v[1:])
	case v[len(v)-1] == ')':
		return functionColour(v)
	}
	c, ok := namedColours()[string(v)]
	return c, ok
}

func hexColour(v []byte) (rgba, bool) {
	var d [8]uint8
	if len(v) > len(d) {
		return rgba{}, false
	}
	for i, c := range v {
		switch {
		case c >= '0' && c <= '9':
			d[i] = c - '0'
		case c >= 'a' && c <= 'f':
			d[i] = c - 'a' + 10
		default:
			return rgba{}, false
		}
	}
	switch len(v) {
	case 3:
		return rgba{d[0] * 17, d[1] * 17, d[2] * 17, 255}, true
	case 4:
		return rgba{d[0] * 17, d[1] * 17, d[2] * 17, d[3] * 17}, true
	case 6:
		return rgba{d[0]<<4 | d[1], d[2]<<4 | d[3], d[4]<<4 | d[5], 255}, true
	case 8:
		return rgba{d[0]<<4 | d[1], d[2]<<4 | d[3], d[4]<<4 | d[5], d[6]<<4 | d[7]}, true
	}
	return rgba{}, false
}

// functionColour reads rgb(), rgba(), hsl() and hsla(), with commas or spaces between their values.
func functionColour(v []byte) (rgba, bool) {
	open := bytes.IndexByte(v, '(')
	if open < 0 {
		return rgba{}, false
	}
	var n [4]float64
	var percent [4]bool
	count := 0
	n[3] = 1
	for part := range bytes.FieldsFuncSeq(v[open+1:len(v)-1], func(r rune) bool { return r == ',' || r == ' ' || r == '/' || r == '\t' || r == '\n' }) {
		if count == 4 {
			return rgba{}, false
		}
		part = bytes.TrimSuffix(part, []byte("deg"))
		part, percent[count] = bytes.CutSuffix(part, []byte("%"))
		x, err := strconv.ParseFloat(string(part), 64)
		if err != nil || math.IsNaN(x) {
			return rgba{}, false
		}
		n[count] = x
		count++
	}
	if percent[3] {
		n[3] /= 100
	}
	switch name := string(v[:open]); {
	case count < 3:
	case name == "rgb" || name == "rgba":
		for i := range 3 {
			if percent[i] {
				n[i] *= 2.55
			}
		}
		return rgba{level(n[0]), level(n[1]), level(n[2]), level(n[3] * 255)}, true
	case name == "hsl" || name == "hsla":
		return hsl(n[0], n[1]/100, n[2]/100, n[3]), true
	}
	return rgba{}, false
}

func level(x float64) uint8 { return uint8(math.Round(min(max(x, 0), 255))) }

func hsl(h, s, l, a float64) rgba {
	s, l = min(max(s, 0), 1), min(max(l, 0), 1)
	at := func(n float64) uint8 {
		k := math.Mod(n+h/30, 12)
		if k < 0 {
			k += 12
		}
		return level(255 * (l - s*min(l, 1-l)*max(-1, min(k-3, 9-k, 1))))
	}
	return rgba{at(0), at(8), at(4), level(a * 255)}
}

// over returns the colour that c gives when it is painted over an opaque ground.
func (c rgba) over(ground rgba) rgba {
	if c.a == 255 {
		return c
	}
	mix := func(top, below uint8) uint8 {
		return uint8((int(top)*int(c.a) + int(below)*(255-int(c.a)) + 127) / 255)
	}
	return rgba{mix(c.r, ground.r), mix(c.g, ground.g), mix(c.b, ground.b), 255}
}

// contrast returns the contrast ratio of two opaque colours, from 1 to 21 (WCAG 2.1).
func contrast(a, b rgba) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c rgba) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

// near reports whether two opaque colours can hardly be told apart.
func (c rgba) near(o rgba) bool {
	d := func(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
	return d(c.r, o.r) <= 40 && d(c.g, o.g) <= 40 && d(c.b, o.b) <= 40 && contrast(c, o) < 1.2
}
