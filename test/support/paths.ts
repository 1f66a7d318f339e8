/** The path of the cost table: entry, send, wait, branch, send, event wait, send, exit. */
export const costPath = (wait = 'PT1S') => ({
  tiles: [
    { id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } },
    { id: 'welcome', type: 'action', config: email('Welcome {{ customer.traits.name }}') },
    { id: 'pause', type: 'wait', config: { kind: 'duration', duration: wait } },
    {
      id: 'vip',
      type: 'branch',
      config: { kind: 'condition', paths: [{ id: 'yes', when: { trait: 'vip', op: 'eq', value: true } }] },
    },
    { id: 'gift', type: 'action', config: email('A gift for {{ customer.traits.name }}') },
    { id: 'tips', type: 'action', config: email('Tips for {{ customer.traits.name }}') },
    { id: 'opened', type: 'wait', config: { kind: 'event', event: 'email_opened', timeout: wait } },
    { id: 'bye', type: 'action', config: email('Goodbye {{ customer.traits.name }}') },
    { id: 'done', type: 'exit', config: { reason: 'completed' } },
  ],
  edges: [
    { from: 'entry', to: 'welcome' },
    { from: 'welcome', to: 'pause' },
    { from: 'pause', to: 'vip' },
    { from: 'vip', port: 'yes', to: 'gift' },
    { from: 'vip', port: 'else', to: 'tips' },
    { from: 'gift', to: 'opened' },
    { from: 'tips', to: 'opened' },
    { from: 'opened', port: 'met', to: 'bye' },
    { from: 'opened', port: 'timeout', to: 'bye' },
    { from: 'bye', to: 'done' },
  ],
})

/** Config of an action that sends an email into the sandbox. */
export const email = (subject: string) => ({
  destinationId: 'sandbox',
  action: 'send_email',
  fields: { to: '{{ customer.traits.email }}', subject, text: 'Hello' },
})
