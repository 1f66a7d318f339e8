/* What the templates of people who write messages use most of Liquid; a test holds it against the library. Others work too. */

/** Filters, and whether something follows behind a colon. */
export const FILTERS = {
  default: true, upcase: false, downcase: false, capitalize: false, date: true, escape: false, raw: false, json: false,
  append: true, prepend: true, replace: true, remove: true, split: true, join: true, strip: false, strip_html: false,
  newline_to_br: false, truncate: true, truncatewords: true, size: false, first: false, last: false, map: true, where: true, sort: false,
  uniq: false, plus: true, minus: true, times: true, divided_by: true, round: true, url_encode: false, format_date: false, format_number: false, format_currency: true,
} as const // prettier-ignore
export type Filter = keyof typeof FILTERS

/** Tags, and how each goes on to its end. */
export const TAGS = {
  if: ' %}{% endif %}', unless: ' %}{% endunless %}', for: ' item in  %}{% endfor %}', case: ' %}{% endcase %}',
  assign: ' name = %}', capture: ' name %}{% endcapture %}', render: " '' %}", comment: ' %}{% endcomment %}', raw: ' %}{% endraw %}',
  elsif: ' %}', else: ' %}', when: ' %}', endif: ' %}', endunless: ' %}', endfor: ' %}', endcase: ' %}', endcapture: ' %}',
} as const // prettier-ignore
