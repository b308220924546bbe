// Package templates turns a marketer's template file into messages: slots are filled, held to their types, escaped for the
// place they stand in, and every message says which shape of the copy it is.
//
// # A template file
//
// YAML front matter between two lines of ---, then the body, both UTF-8:
//
//	---
//	name: cn-deposit-sms
//	version: 1
//	channel: sms
//	market: cn
//	locale: zh-CN
//	author: wang.fang
//	slots:
//	  first_name: {type: name, default: 客户}
//	  expires: {type: date}
//	---
//	【示例银行】尊敬的{{ first_name }}，{{ product.name }}将于{{ expires | date: "long" }}到期。拒收请回复R
//
// Slots are columns of the segment list (from: recipient) or terms of the product (from: product). Some need no declaration:
// product.name, product.issuer, product.distributor, product.risk, product.rate.KIND (shown as low to high of that kind),
// product.term.KEY and campaign.KEY. Declaring product.term.KEY or campaign.KEY gives it a type other than text.
//
// # What of Liquid may be written
//
// github.com/osteele/liquid parses the copy and defines what it means. These constructs are taken; all others (loops,
// assign, capture, include, cycle, increment, unknown filters, parentheses, ranges) are refused when the file is loaded,
// with the place and what to write instead, because an officer has to be able to read every shape of the copy:
//
//	{{ slot | filter: argument }}
//	{% if %} {% elsif %} {% else %} {% endif %}   {% unless %} {% else %} {% endunless %}
//	{% case slot %} {% when "a", "b" %} {% else %} {% endcase %}
//	{% comment %} {% endcomment %}   {% raw %} {% endraw %}   and the whitespace marks {{- -}} {%- -%}
//
// A condition compares a slot with a literal or, for figures, with another slot: == != < > <= >= contains, joined by and
// and or, which bind equally and from the left. An empty value is nil, so that {% if slot %} asks whether there is one.
// Whitespace marks trim the copy around them, never a value.
//
// Filters: default, upcase, downcase, capitalize, truncate, mask, number, wan, money, percent and date. Figures are never
// rounded: a figure that does not fit its format holds the message. Figures must pass number, money, percent or wan.
package templates
