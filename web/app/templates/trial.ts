import { edges, email, tile, type Template } from './build.js'

const name = '{{ customer.traits.firstName | default: "there" }}'

/** Goes with a trial until its last day, by the trait `trial_ends_at`; who subscribes leaves at once. */
export const trial: Template = {
  id: 'trial',
  tiles: [
    tile('entry', 'entry', 'Trial began', [0, 0], { triggers: [{ type: 'event', event: 'Trial Started' }] }),
    email('begin', 'How to begin', [0, 1], 'Your trial has begun', `Hi ${name},\n\nThe three things that most people try first are below.`),
    tile('used', 'wait', 'Until they use it', [0, 2], { kind: 'event', event: 'Feature Used', timeout: 'P3D' }),
    email('tips', 'Tips for who uses it', [0, 3], 'Get more out of it', `Hi ${name},\n\nYou have begun well. Here is what goes further.`),
    email(
      'nudge',
      'A hand for who does not',
      [1, 3],
      'Shall we set it up together?',
      `Hi ${name},\n\nA quarter of an hour is enough. Choose a time: https://example.com/call`,
    ),
    tile('before-end', 'wait', 'Three days before its end', [0, 4], {
      kind: 'trait',
      trait: 'trial_ends_at',
      offset: '-P3D',
      time: '09:00',
      timezone: 'customer',
    }),
    email(
      'ends',
      'It ends soon',
      [0, 5],
      'Your trial ends in three days',
      `Hi ${name},\n\nKeep what you have made: choose a plan before {{ customer.traits.trial_ends_at | default: "the last day" }}.`,
    ),
    tile('end', 'wait', 'Its last day', [0, 6], { kind: 'trait', trait: 'trial_ends_at', timezone: 'customer' }),
    tile('mark', 'updateProfile', 'Note that it ended', [0, 7], { changes: [{ op: 'set', trait: 'plan', value: 'expired' }] }),
    email(
      'ended',
      'It has ended',
      [0, 8],
      'Your trial has ended',
      `Hi ${name},\n\nWe keep your data for 30 days. One click brings it all back.`,
    ),
    tile('month', 'wait', 'Thirty days', [0, 9], { kind: 'duration', duration: 'P30D' }),
    tile('over', 'exit', 'Did not subscribe', [0, 10], { reason: 'did not subscribe' }),
  ],
  edges: edges(
    'entry > begin',
    'begin > used',
    'used.met > tips',
    'used.timeout > nudge',
    'tips > before-end',
    'nudge > before-end',
    'before-end > ends',
    'ends > end',
    'end > mark',
    'mark > ended',
    'ended > month',
    'month > over',
  ),
  settings: { timezone: 'UTC', reentry: { mode: 'never' }, goal: { name: 'subscribed', event: 'Subscription Started' } },
}
