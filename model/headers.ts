/** Headers of a webhook call that a tile may not set: they are the connection's, or Tilework's own. In lower case. */
export const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'te', 'trailer', 'expect', 'proxy-authorization',
  'webhook-id', 'webhook-timestamp', 'webhook-signature',
]) // prettier-ignore
