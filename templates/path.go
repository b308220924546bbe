package templates

import (
	"strings"
	"unicode"
)

// piece is a stretch of one path through the copy: copy, or a slot.
type piece struct {
	text string
	off  int // in the part
	slot bool
	expr int
	esc  escape
}

// path is one way through all choices of a template: the branch taken by choice id. Absent: not met yet.
type path map[int]int

// open returns the first choice that the path meets and has not decided, or nil.
func (at path) open(nodes []node) *choice {
	for _, n := range nodes {
		if n.kind != choiceNode {
			continue
		}
		way, ok := at[n.choice.id]
		if !ok {
			return n.choice
		}
		if way < len(n.choice.branches) {
			if c := at.open(n.choice.branches[way]); c != nil {
				return c
			}
		}
	}
	return nil
}

// liner writes a path out as pieces and applies whitespace marks as the library's writer does: a mark trims what was
// written since the last flush, and the next write.
type liner struct {
	pieces   []piece
	buffered int // pieces from here on are still in the library's buffer
	trim     bool
}

func (at path) line(nodes []node) []piece {
	l := &liner{}
	l.walk(at, nodes)
	return l.pieces
}

func (l *liner) walk(at path, nodes []node) {
	for _, n := range nodes {
		switch n.kind {
		case copyNode:
			l.write(piece{text: n.text, off: n.off})
		case slotNode:
			l.write(piece{slot: true, off: n.off, expr: n.expr})
		case trimLeft:
			l.trimEnd()
		case trimRight:
			l.trim = true
		case choiceNode:
			if way := at[n.choice.id]; way < len(n.choice.branches) {
				l.walk(at, n.choice.branches[way])
				l.buffered = len(l.pieces)
			}
		}
	}
}

func (l *liner) write(p piece) {
	if l.trim {
		l.trim = false
		kept := strings.TrimLeftFunc(p.text, unicode.IsSpace)
		p.off += len(p.text) - len(kept)
		p.text = kept
	} else {
		l.buffered = len(l.pieces)
	}
	l.pieces = append(l.pieces, p)
}

func (l *liner) trimEnd() {
	for i := len(l.pieces) - 1; i >= l.buffered; i-- {
		p := &l.pieces[i]
		if p.slot {
			break
		}
		p.text = strings.TrimRightFunc(p.text, unicode.IsSpace)
		if p.text != "" {
			break
		}
	}
	l.buffered = len(l.pieces)
}

// trimmed takes the white space off both ends of the copy; slots are never trimmed.
func trimmed(ps []piece) []piece {
	for len(ps) > 0 && !ps[0].slot {
		kept := strings.TrimLeftFunc(ps[0].text, unicode.IsSpace)
		ps[0].off += len(ps[0].text) - len(kept)
		if ps[0].text = kept; kept != "" {
			break
		}
		ps = ps[1:]
	}
	for len(ps) > 0 && !ps[len(ps)-1].slot {
		last := &ps[len(ps)-1]
		if last.text = strings.TrimRightFunc(last.text, unicode.IsSpace); last.text != "" {
			break
		}
		ps = ps[:len(ps)-1]
	}
	return ps
}

// blank reports whether pieces say nothing at all.
func blank(ps []piece) bool {
	for _, p := range ps {
		if p.slot || strings.TrimSpace(p.text) != "" {
			return false
		}
	}
	return true
}
