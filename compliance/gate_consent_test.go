package compliance

import (
	"testing"

	"github.com/scruple/scruple"
)

const consentNow = "now: 2026-11-02T10:00:00+08:00\n"

func consents(lines string) string { return consentNow + "person: {consents: [" + lines + "]}" }

func TestConsent(t *testing.T) {
	testGate(t, "consent", "purposes: [marketing, profiling]", []gateCase{
		{"none", "", consentNow, scruple.Block, "no consent"},
		{"granted", "", consents("{channel: sms, action: grant, at: 2026-01-01T00:00:00Z}"), "", ""},
		{"granted for every channel", "", consents("{action: grant, at: 2026-01-01T00:00:00Z}"), "", ""},
		{"other channel", "", consents("{channel: email, action: grant, at: 2026-01-01T00:00:00Z}"), scruple.Block, "no consent"},
		{"other purpose", "", consents("{purpose: profiling, channel: sms, action: grant, at: 2026-01-01T00:00:00Z}"), scruple.Block, "no consent"},
		{"purpose of the message", "", consents("{purpose: profiling, action: grant, at: 2026-01-01T00:00:00Z}") + "\nmessage: {purpose: profiling}", "", ""},
		{"purpose nobody knows", "", consents("{purpose: resale, action: grant, at: 2026-01-01T00:00:00Z}") + "\nmessage: {purpose: resale}", scruple.Hold, "unknown purpose"},
		{"withdrawn", "", consents("{channel: sms, action: grant, at: 2026-01-01T00:00:00Z}, {channel: sms, action: withdraw, at: 2026-02-01T00:00:00Z}"), scruple.Block, "withdrawn"},
		{"withdrawn for all", "", consents("{channel: sms, action: grant, at: 2026-01-01T00:00:00Z}, {action: withdraw, at: 2026-02-01T00:00:00Z}"), scruple.Block, "withdrawn"},
		{"withdrawn elsewhere", "", consents("{action: grant, at: 2026-01-01T00:00:00Z}, {channel: email, action: withdraw, at: 2026-02-01T00:00:00Z}"), "", ""},
		{"granted again", "", consents("{channel: sms, action: withdraw, at: 2026-01-01T00:00:00Z}, {channel: sms, action: grant, at: 2026-02-01T00:00:00Z}"), "", ""},
		{"order of the list does not matter", "", consents("{channel: sms, action: withdraw, at: 2026-02-01T00:00:00Z}, {channel: sms, action: grant, at: 2026-01-01T00:00:00Z}"), scruple.Block, "withdrawn"},
		{"same moment", "", consents("{channel: sms, action: withdraw, at: 2026-01-01T00:00:00Z}, {channel: sms, action: grant, at: 2026-01-01T00:00:00Z}"), scruple.Block, "withdrawn"},
		{"unknown action", "", consents("{channel: sms, action: grant, at: 2026-01-01T00:00:00Z}, {channel: sms, action: pause, at: 2026-02-01T00:00:00Z}"), scruple.Block, "withdrawn"},
		{"grant from the future", "", consents("{channel: sms, action: grant, at: 2026-12-01T00:00:00Z}") + "\ndue: 2026-12-05T00:00:00Z", scruple.Block, "no consent"},
		{"withdrawal from the future", "", consents("{channel: sms, action: grant, at: 2026-01-01T00:00:00Z}, {channel: sms, action: withdraw, at: 2027-01-01T00:00:00Z}"), scruple.Block, "withdrawn"},
		{"grant without a time", "", consents("{channel: sms, action: grant}"), scruple.Block, "no consent"},
		{"withdrawal without a time", "", consents("{channel: sms, action: grant, at: 2026-01-01T00:00:00Z}, {channel: sms, action: withdraw}"), scruple.Block, "withdrawn"},
		{"expired", "", consents("{channel: sms, action: grant, at: 2026-01-01T00:00:00Z, expires: 2026-11-02T02:00:00Z}"), scruple.Block, "expired"},
		{"expires after due", "", consents("{channel: sms, action: grant, at: 2026-01-01T00:00:00Z, expires: 2026-11-02T02:00:01Z}"), "", ""},
		{"expires before due", "", consents("{channel: sms, action: grant, at: 2026-01-01T00:00:00Z, expires: 2026-11-03T00:00:00Z}") + "\ndue: 2026-11-04T00:00:00Z", scruple.Block, "expired"},
		{"renewed before it expired", "", consents("{channel: sms, action: grant, at: 2026-01-01T00:00:00Z, expires: 2026-06-01T00:00:00Z}, {channel: sms, action: grant, at: 2026-05-01T00:00:00Z}"), "", ""},
		{"young enough", "max_age: 30d", consents("{channel: sms, action: grant, at: 2026-10-03T10:00:00+08:00}"), "", ""},
		{"too old", "max_age: 30d", consents("{channel: sms, action: grant, at: 2026-10-03T09:59:59+08:00}"), scruple.Block, "older than 30d"},
		{"wording accepted", "wording: [v2]", consents("{channel: sms, action: grant, wording: v2, at: 2026-01-01T00:00:00Z}"), "", ""},
		{"wording not accepted", "wording: [v2]", consents("{channel: sms, action: grant, wording: v1, at: 2026-01-01T00:00:00Z}"), scruple.Block, "wording"},
		{"wording unknown", "wording: [v2]", consents("{channel: sms, action: grant, at: 2026-01-01T00:00:00Z}"), scruple.Block, "wording"},
		{"soft opt-in allowed", "soft_opt_in: true", consents("{channel: sms, action: grant, source: soft_opt_in, at: 2026-01-01T00:00:00Z}"), "", ""},
		{"soft opt-in not allowed", "", consents("{channel: sms, action: grant, source: soft_opt_in, at: 2026-01-01T00:00:00Z}"), scruple.Block, "no consent"},
		{"confirmed", "confirmed: true", consents("{channel: sms, action: grant, source: double_opt_in, at: 2026-01-01T00:00:00Z}"), "", ""},
		{"not confirmed", "confirmed: true", consents("{channel: sms, action: grant, source: web form, at: 2026-01-01T00:00:00Z}"), scruple.Block, "no consent"},
		{"not required", "require: false", consentNow, "", ""},
		{"not required but refused", "require: false", consents("{channel: sms, action: withdraw, at: 2026-01-01T00:00:00Z}"), scruple.Block, "withdrawn"},
		{"not required, refused, granted again", "require: false", consents("{channel: sms, action: withdraw, at: 2026-01-01T00:00:00Z}, {channel: sms, action: grant, at: 2026-03-01T00:00:00Z}"), "", ""},
		{"time unknown", "", "person: {consents: [{channel: sms, action: grant, at: 2026-01-01T00:00:00Z}]}", scruple.Hold, "time unknown"},
	})
}

// What an import left blank is read against the grant and for the withdrawal.
func TestConsentWithBlanks(t *testing.T) {
	m, f := mustExample(t, consents("{channel: sms, action: grant, at: 2026-01-01T00:00:00Z}"))
	check := mustGate(t, "consent", "")
	f.Person.Consents[0].Purpose = ""
	if got, _ := check(&m, &f); got.Detail != "no consent" {
		t.Errorf("grant for no purpose: %q", got.Detail)
	}
	f.Person.Consents[0].Action = "withdraw"
	if got, _ := check(&m, &f); got.Detail != "consent withdrawn" {
		t.Errorf("withdrawal for no purpose: %q", got.Detail)
	}
	m.Channel = ""
	if got, _ := check(&m, &f); got.Verdict != scruple.Hold {
		t.Errorf("no channel: %q %q", got.Verdict, got.Detail)
	}
}

func TestSuppression(t *testing.T) {
	const service = "reasons: [deceased, bounced, complained]\nignore: [unsubscribed]\neverywhere: [deceased]\nshow: [bounced]"
	testGate(t, "suppression", "show: [unsubscribed]", []gateCase{
		{"none", "", "{}", "", ""},
		{"this channel", "", "person: {suppressions: [{channel: sms, reason: unsubscribed}]}", scruple.Block, "suppressed: unsubscribed"},
		{"every channel", "", "person: {suppressions: [{reason: do_not_call}]}", scruple.Block, "suppressed"},
		{"other channel", "", "person: {suppressions: [{channel: email, reason: bounced}]}", "", ""},
		{"no reason", "", "person: {suppressions: [{channel: sms}]}", scruple.Block, "suppressed"},
		{"from the future", "", "now: 2026-11-02T10:00:00+08:00\nperson: {suppressions: [{channel: sms, at: 2027-01-01T00:00:00Z}]}", scruple.Block, "suppressed"},
		{"service, unsubscribed", service, "person: {suppressions: [{reason: unsubscribed}]}", "", ""},
		{"service, bounced", service, "person: {suppressions: [{channel: sms, reason: bounced}]}", scruple.Block, "suppressed: bounced"},
		{"service, bounced elsewhere", service, "person: {suppressions: [{channel: email, reason: bounced}]}", "", ""},
		{"service, deceased elsewhere", service, "person: {suppressions: [{channel: email, reason: deceased}]}", scruple.Block, "suppressed"},
		{"service, unknown reason", service, "person: {suppressions: [{reason: watch}]}", scruple.Hold, "unknown reason"},
		{"service, the worse one counts", service, "person: {suppressions: [{reason: watch}, {reason: bounced}]}", scruple.Block, "bounced"},
	})
}

func TestSuppressionKeepsQuietAboutReasons(t *testing.T) {
	m, f := mustExample(t, "person: {suppressions: [{reason: aml_watch}]}")
	if got, _ := mustGate(t, "suppression", "show: [unsubscribed]")(&m, &f); got.Detail != "suppressed" {
		t.Errorf("detail %q gives the reason away", got.Detail)
	}
	m.Channel = ""
	if got, _ := mustGate(t, "suppression", "")(&m, &f); got.Verdict != scruple.Hold {
		t.Errorf("no channel: %q", got.Verdict)
	}
}
