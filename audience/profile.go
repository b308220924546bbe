package audience

import "github.com/scruple/scruple"

// Profile returns what the gates need to know of a recipient that Read or ReadBatch yielded. What the list does not say
// stays empty.
func Profile(r *scruple.Recipient) scruple.Profile {
	get := func(name string) string { v, _ := r.Field(name); return v }
	return scruple.Profile{
		Birth:      scruple.Date(get("birth_date")),
		Rating:     get("risk_rating"),
		RatedUntil: scruple.Date(get("rated_until")),
		Zone:       get("time_zone"),
		Region:     get("region"),
		Qualified:  get("qualified") == "true",
		Student:    get("student") == "true",
	}
}

// Address returns where a channel reaches a recipient: phone for sms, email, push_token, wechat_id, and the customer id
// for web. It is "" when the list has none. Only the address of the layout's channel has been checked.
func Address(r *scruple.Recipient, c scruple.Channel) string {
	if c == scruple.Web {
		return r.ID
	}
	v, _ := r.Field(addressColumn(c))
	return v
}

// VariantOf returns the variant that Freeze gave a recipient of a snapshot, "" when the plan had none.
func VariantOf(r *scruple.Recipient) string {
	v, _ := r.Field(variantColumn)
	return v
}
