import { SendError } from '../vendor.js'

/** Largest message that Teams takes, in bytes. */
const MAX_BYTES = 28 * 1024

/** A card with a text, under a title where there is one. */
export const cardOf = (title: string | undefined, text: string): unknown => ({
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
  type: 'AdaptiveCard',
  version: '1.4',
  body: [
    ...(title ? [{ type: 'TextBlock', text: title, size: 'large', weight: 'bolder', wrap: true }] : []),
    { type: 'TextBlock', text, wrap: true },
  ],
})

/** The message around a card. @throws SendError permanent `invalid_fields` when it is too large */
export function messageOf(card: unknown): unknown {
  const message = {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card }],
  }
  if (Buffer.byteLength(JSON.stringify(message)) > MAX_BYTES)
    throw new SendError('permanent', 'invalid_fields', `The card is larger than the ${MAX_BYTES / 1024} KB that Teams takes.`)
  return message
}
