/** The ways in which messages reach a customer: what consent and limits are about. */
export const CHANNELS = ['email', 'sms', 'whatsapp', 'push', 'chat'] as const
export type Channel = (typeof CHANNELS)[number]

/** Who a message goes to, as what is known of an address is kept: written one way, whatever way it was given. */
export function normalAddress(channel: Channel, text: string): string {
  const given = text.trim()
  if (channel === 'email') return mailAddress(given)
  if (channel === 'sms' || channel === 'whatsapp') return phoneNumber(given)
  return given
}

/** `Ada <Ada@Example.COM>` is ada@example.com. Few servers tell the case of a name apart, and nobody keeps two addresses by it. */
function mailAddress(text: string): string {
  const bare = (/<([^<>]*)>$/.exec(text)?.[1] ?? text).trim().toLowerCase().normalize('NFC')
  const at = bare.lastIndexOf('@')
  return at < 0 ? bare : `${bare.slice(0, at)}@${asciiHost(bare.slice(at + 1))}`
}

/** A host in Punycode, as a URL has it; as it is when it is none. */
function asciiHost(host: string): string {
  const url = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : undefined
  return url?.hostname && !/[/?#:]/.test(host) ? url.hostname : host
}

/** `whatsapp:+44 (0) 20-79` is +44 (0) 20-79 without what people put between digits; 00 in front is a +. */
const phoneNumber = (text: string): string =>
  text
    .replace(/^(whatsapp|tel|sms):/i, '')
    .replace(/[\s().\-/\u2010-\u2015]/g, '')
    .replace(/^00(?=[1-9])/, '+')
