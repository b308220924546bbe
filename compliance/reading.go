package compliance

import (
	"slices"
	"unicode/utf8"

	"github.com/scruple/scruple"
)

// What the reading notes of a unit. Those up to odd are about what was dropped before it.
const (
	gapBefore uint16 = 1 << iota // spaces or signs
	spaced                       // spaces or a line break
	odd                          // signs that do not stand between letters in ordinary writing
	unseen                       // signs that nobody sees
	foreign                      // a letter of another script that passes for this one
	styled                       // a letter of the mathematical alphabets, in a circle and the like
	figured                      // a digit or sign that stands for a letter
	apart                        // one of several letters that stand by themselves
	cited                        // a quotation mark
	mended                       // only a loose reading has it so
	doubtful                     // the message has signs that a loose reading would read over
)

// unit is one sign of the folded text, and where it stands in its source.
type unit struct {
	r     rune
	start int32 // its bytes in the source part
	size  uint8
	class class
	flags uint16
}

func unitOf(r rune, c class, start, end int32) unit {
	return unit{r: r, start: start, size: uint8(end - start), class: c}
}

// piece is one part of a message within the reading.
type piece struct {
	name     string // subject, text or html
	hidden   bool   // markup that no reader sees: it may breach and never fulfils a disclosure
	instead  bool   // it stands for pictures, or is for Outlook alone; it is hidden too
	from, to int32  // units
	src      string // what was folded: the part itself, or the text that markup holds
	origin   []run  // offsets of visible HTML text in the markup; nil: the part is read as it stands
}

// spot is a stretch of bytes of a part.
type spot struct {
	piece      int32
	start, end int32
	unit       int32 // the first one after it
	override   bool  // otherwise it is no UTF-8
}

// reading is one message, folded. It is pooled: nothing of it may be kept.
type reading struct {
	m       *scruple.Message
	units   []unit
	pieces  []piece
	clauses []int32 // first units of clauses, ascending
	stops   []int32 // first units of sentences, ascending
	signs   []spot  // overrides of direction, and bytes that are no UTF-8
	quotes  []int32 // first unit and end of quotations, by turns
	hits    []hit   // by list, then start
	matches matches
	figures []quantity // when counted
	counted bool
	page    *page
	sought  bool      // the addresses were looked for
	found   []address // see addresses

	lead         uint16 // flags of what was dropped before what follows
	run          int    // length of the present run of Han characters
	row, singles int    // letters that stand by themselves: of late in a row, and the longest row
	slips        *slips
	twofold      bool   // a loose reading chose one of two letters
	odds         uint16 // flags of any unit, as far as they ask for a second look
	loose        uint8  // how loosely it is read: 0, 1, 2
	open         int32  // where a quotation began that has not ended, or -1
	soft         bool   // the last clause began at a mere gap and is too short so far to be one
}

func (t *reading) reset(m *scruple.Message) {
	t.m = m
	t.units, t.pieces = t.units[:0], t.pieces[:0]
	t.clauses, t.stops = append(t.clauses[:0], 0), append(t.stops[:0], 0)
	t.hits, t.quotes, t.signs = t.hits[:0], t.quotes[:0], t.signs[:0]
	t.odds, t.twofold = 0, false
	t.figures, t.counted = t.figures[:0], false
	t.sought = false
}

// read folds all parts of a message.
func (t *reading) read(m *scruple.Message) {
	t.reset(m)
	if m.Subject != "" {
		t.piece("subject", m.Subject, nil, false)
	}
	if m.Text != "" {
		t.piece("text", m.Text, nil, false)
	}
	if m.HTML == "" {
		return
	}
	if t.loose == 0 { // a loose reading has the page of the plain one
		if t.page == nil {
			t.page = &page{}
		}
		t.page.read(m.HTML)
	}
	t.stream(&t.page.seen, false)
	if len(t.page.unseen.text) > 0 {
		t.stream(&t.page.unseen, true)
	}
	if len(t.page.instead.text) > 0 {
		t.stream(&t.page.instead, true)
		t.pieces[len(t.pieces)-1].instead = true
	}
}

func (t *reading) stream(s *stream, hidden bool) { t.piece("html", string(s.text), s.runs, hidden) }

func (t *reading) piece(name, src string, origin []run, hidden bool) {
	from := int32(len(t.units))
	t.run, t.soft, t.open, t.row, t.singles = 0, false, -1, 0, 0
	t.fold(src)
	t.spell(from)
	t.endSentence(int32(len(src)), int32(len(src)), '\n')
	t.pieces = append(t.pieces, piece{name: name, hidden: hidden, src: src, from: from, to: int32(len(t.units)), origin: origin})
}

// endSentence adds a unit that ends clause and sentence.
func (t *reading) endSentence(start, end int32, r rune) {
	t.endRun()
	t.units = append(t.units, unitOf(r, stop, start, end))
	n := int32(len(t.units))
	t.clauses, t.stops = append(t.clauses, n), append(t.stops, n)
}

func (t *reading) endClause(start, end int32, r rune) {
	t.endRun()
	t.units = append(t.units, unitOf(r, comma, start, end))
	t.clauses = append(t.clauses, int32(len(t.units)))
}

// endRun closes a run of Han characters: what follows a gap and is shorter than three is letters held apart, no clause.
func (t *reading) endRun() {
	if t.soft && t.run < 3 {
		t.clauses = t.clauses[:len(t.clauses)-1]
	}
	t.run, t.soft = 0, false
}

// clause returns the units [from, to) of the clause that holds unit i.
func (t *reading) clause(i int32) (from, to int32) { return t.within(t.clauses, i) }

// sentence returns the units [from, to) of the sentence that holds unit i.
func (t *reading) sentence(i int32) (from, to int32) { return t.within(t.stops, i) }

func (t *reading) within(starts []int32, i int32) (from, to int32) {
	n, found := slices.BinarySearch(starts, i)
	if found {
		n++
	}
	to = int32(len(t.units))
	if n < len(starts) {
		to = starts[n]
	}
	return starts[n-1], to
}

// pieceOf returns the part that holds unit i.
func (t *reading) pieceOf(i int32) *piece {
	for p := range t.pieces {
		if i < t.pieces[p].to {
			return &t.pieces[p]
		}
	}
	return &t.pieces[len(t.pieces)-1]
}

// locate turns units [from, to) into a part and byte offsets in that part as it was given.
func (t *reading) locate(from, to int32) (part string, start, end int) {
	p := t.pieceOf(from)
	to = max(min(to, p.to), from+1)
	first, last := &t.units[from], &t.units[to-1]
	if last.start < first.start { // read against the direction of the text
		first, last = last, first
	}
	return p.place(int(first.start), int(last.start)+int(last.size))
}

// place turns bytes [start, end) of what was read into those of the part as it was given.
func (p *piece) place(start, end int) (string, int, int) {
	if p.origin != nil {
		start, end = original(p.origin, start, false), original(p.origin, end, true)
	}
	return p.name, start, max(start, end)
}

// quote returns the words at a place, at most 120 bytes of them.
func (t *reading) quote(part string, start, end int) string {
	src := t.source(part)
	if end-start > 120 {
		for end = start + 120; end > start && !utf8.RuneStart(src[end]); end-- {
		}
	}
	return src[start:end]
}

// source returns a part of the message as it was given.
func (t *reading) source(part string) string {
	switch part {
	case "subject":
		return t.m.Subject
	case "html":
		return t.m.HTML
	}
	return t.m.Text
}
