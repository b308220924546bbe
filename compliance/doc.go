// Package compliance judges messages: what they claim, what they leave unsaid, whether their figures are the product's,
// whether they may be sent to this person, and how they look. The rules are data; see docs/writing-rules.md.
//
// A Book is loaded once and then only read. Check is a function of its arguments: same book, message and facts, same
// findings.
//
// # A rule file
//
// A file is YAML, in UTF-8, named *.yaml. Unknown keys are errors. It has these keys:
//
//	market: cn, hk, us, uk or eu; needed when there are rules
//	lexicons: lists of terms by name, which rules of every file and market use as "@name"
//	roles: words that say what a figure is, added to those of other files; see Numbers
//	rules: a list of rules
//	waivers: a list of waivers, see Waiver: id, rule, reason, scope, by, approved, from, to. A scope has campaigns, templates,
//	  products, channels or words
//
// Every rule has these keys:
//
//	id: the market, a dot, and lower-case words joined by hyphens, such as cn.benchmark-as-return
//	kind: claim, impression, disclosure, number, render or gate
//	verdict: hold or block
//	basis: a list of {law, article, from, to, source}. from and to are the first and last day in force, 2006-01-02; source is
//	  read, secondary, unverified or policy. An unverified basis may hold and never block
//	applies: {products, except_products, channels, classes}, lists that bound its scope; see Scope
//	title, why, fix: {en, zh}, at least one of the two: its name, its reason in one sentence, what to write instead
//	flag, pass: at least two examples each, that it must find fault with or let go; see Example
//
// A rule is judged by its examples when it is loaded, and a book with a rule that fails one does not load.
//
// # Claims: words that must not be said
//
//	match:
//	  any: terms that make the claim
//	  near: terms of which one has to stand near; within: clause, sentence (left out) or message says how near
//	  unless: terms that give the words another meaning; unless_within: clause (left out), sentence or message
//	  negatable: false when a denial or a warning of the words is a claim all the same
//	  subject: true to look at the subject line only
//	  rates: kinds of rates; only for products that have one of them other than zero, and for unknown products
//
// # Impressions: words that promise together what none of them says alone
//
//	impression:
//	  enough: how many points make the impression
//	  within: clause, sentence (left out) or message, the stretch in which points are added up
//	  rates: as in a claim
//	  signs: families of words, each counted once in a stretch; words count for one sign only, the dearest:
//	  - name: a few words for readers
//	    any: its terms
//	    points: what it is worth; below zero, it takes the impression back
//	    negated: required, forbidden, or left out, as in the units of a disclosure
//
// # Disclosures: words that have to be said
//
// They judge whole messages of class marketing, unless applies says otherwise, and every visible body of them.
//
//	when: all keys that are set have to hold
//	  any: terms; only messages that hold one. near: terms of which one has to stand within one clause, sentence (left out) or
//	    message of it, as within says. affirmed: true where a denied word, or a warning of it, does not count
//	  sold, urged, notice, informs: terms; only when the message sells. It does when a word of sold stands in a sentence without a
//	    word of notice, in a message without one of informs; or a word of urged in a clause without a word of notice. Denied words
//	    do not count
//	  unless: terms; never messages that hold one
//	  terms: terms of the product; only when it has all of them, and no two alike
//	  has: terms of the product with lists of values; only when each has one of its values, or any for an empty list
//	  rates, risk: kinds of rates of which the product has one other than zero, and its grades
//	units: what has to be said, all of it:
//	- name: the meaning in a few words
//	  any: terms that carry it
//	  all: lists of terms that carry it together, one of each in any order, within one clause, sentence (left out) or message
//	  negated: required (存款 in 非存款), forbidden (有风险, not 没有风险), or left out where either will do
//	  term: in place of any, a term of the product whose value has to stand there
//	  slots: merge fields that will say it, for previews
//	exact: prescribed texts, of which one has to stand there; # is any number, [x] may be left out, and of (a|b) one stands there.
//	  A text with words changed is found in excerpts too
//	tolerance: in what a prescribed text may differ: case, width, quotes, punctuation, ampersand (& for and). Left out: all of them
//	first: {sms, push, email, wechat, web}: where it has to be over: a segment of a text message, or a number of characters
//	prominence: {size, contrast}: where markup holds it, the least size of its letters as a share of the size that most of the text
//	  has, and their least contrast to the ground (4.5; two thirds of it is enough for large letters)
//
// # Numbers
//
// Figures are read once for each message, whatever they are written in: 3.5%, 百分之三点五, four and a half per cent, 350 bps,
// 2.2%至2.8%, 50万元, £120k, 12月5日. The words around a figure give it a role: those nearest to it, in its clause, the clauses
// before or the line above. A file may add words to a role:
//
//	roles: lists of terms for benchmark, return, expected_return, deposit_rate, apr, apy, rate, fee, bonus, loss, off, other, minimum,
//	  limit, cover, premium, payment, total, interest, price_before, price_now, deadline, per_day, per_month, per_year, today,
//	  tomorrow, this_week
//
// A rule says what it looks for in the list of figures:
//
//	number:
//	  check: product (percentages against the rates and terms of the product, and what the words call them), ends (one end of a
//	    range of kinds of rates without the other), yearly (rates of a day or month where no percentage beside the words of any is
//	    said), tiers (a rate of kinds whose period holds one of terms, while the rate that holds else is not said), lengths (the time
//	    beside one of near against the times in terms), amounts (money against the terms of the product for its role), list (figures of some roles, or amounts near some words,
//	    against terms, kinds or allowed), access (words of near by which money is free, where terms lock it), denied (a word of roles
//	    that is said not to be, and the product has it), omitted (the cost of credit without a fee of kinds whose period has one of
//	    terms), closed (words of near that sell what is closed by its status or terms), grade (a grade of risk, one of near, that is not the product's), deadline (dates against the last days in terms), expired (such a day has gone by), sum
//	    (instalments, interest and discounts that do not add up)
//	  roles: only figures of these roles
//	  near, unless: terms of the sentence of a figure: one of near has to stand there, none of unless may
//	  any: for yearly, and for denied words by which the whole costs nothing
//	  kinds: kinds of rates; terms: parts of the names of terms of the product
//	  allowed: the figures that may stand there where the product names none
//	  above: figures below are not looked at
//	  unknown: hold, to hold a percentage or listed figure that nothing explains; left out: ignore
//
// # Rendering
//
//	render:
//	  check: signature, segments, subject, reply, hidden, images, prominence, early, links or disguise
//	  max: for segments and subject, the most that may be
//	  any: for prominence and early, terms; where a body holds some, one of them has to show, or be over, as asked
//	  size, contrast: for prominence, as under disclosures
//	  first: for early, as under disclosures
//	  find: for links, what to look for: mismatch (the text names one site, the link leads to another), disguise (look-alike letters
//	    and names, a machine by its number, something before @), insecure (http)
//	  allow: for links, the domains that messages may lead to, with all below them
//	  deny: for links, the domains that they may not lead to. Both lists may hold lexicons
//	  how: for disguise, what makes words hard to read for programs: override (of the direction of text), foreign (look-alike letters
//	    of another script in a word), unseen (unseen signs within a word) or apart (letters held apart, or stood for by others)
//	  words: for how: apart, the terms that must not be disguised; a denial or a warning of them may
//
// # Gates
//
// They judge the recipient and the product, and run only when Facts.Recipient is known.
//
//	gate: address, age, consent, contact_limit, private_placement, product_status, quiet_hours, student, suitability or suppression
//	with: the settings of the gate. For age: zone, adult, oldest, review_from, risk_from, birth_optional. For consent: purposes,
//	  max_age, wording, soft_opt_in, confirmed, require. For contact_limit: limits (name, window, max, channels, classes),
//	  when_full. For product_status: zone. For quiet_hours: channels, open, close, days, zones. For student: types. For
//	  suitability: zone, ratings, needs, exempt. For suppression: reasons, ignore, everywhere, show. Others take none
//
// # Terms
//
// A term is a word or phrase. It is folded as messages are, so case, width, accents, traditional characters, look-alike letters,
// spaces and hyphens do not matter; Latin words match whole. It may hold
//
//	(a|b)   one of several
//	[a]     a, or nothing; [a|b] is a, b or nothing
//	...     a gap within the same clause, of up to 12 Han characters or 40 Latin letters; a negator in it denies the term
//	#       a number, in figures or Chinese numerals
//	*       at the end or start of a Latin word: any further letters
//	@name   alone, in place of a term: all terms of a lexicon
package compliance
