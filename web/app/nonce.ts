/** The nonce of this load of the page: libraries that make style elements (radix, CodeMirror) must give it to them. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
