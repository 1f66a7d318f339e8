/* `external_send_id` of a transactional email: of the characters of base64. */

/** A key as Braze takes it. */
export const sendIdOf = (key: string): string => Buffer.from(key).toString('base64url')

/** The key that Braze gives back. */
export const keyOfSendId = (id: string | undefined): string | undefined =>
  id === undefined ? undefined : Buffer.from(id, 'base64url').toString()
