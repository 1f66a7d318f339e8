/** The ways in which messages reach a customer: what consent and limits are about. */
export const CHANNELS = ['email', 'sms', 'whatsapp', 'push', 'chat'] as const
export type Channel = (typeof CHANNELS)[number]
