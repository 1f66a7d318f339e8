import { edges, email, tile, type Template } from './build.js'

const hello = '{{ customer.traits.firstName | default: "there" }}'

/** Greets who signs up, teaches the first step, and asks those who have not taken it. */
export const welcome: Template = {
  id: 'welcome',
  tiles: [
    tile('entry', 'entry', 'Signed up', [0, 0], { triggers: [{ type: 'event', event: 'Signed Up' }, { type: 'manual' }] }),
    email(
      'welcome',
      'Welcome',
      [0, 1],
      `Welcome, ${hello}`,
      `Hi ${hello},\n\nGood to have you here. Everything begins with your first project: it takes two minutes.`,
    ),
    tile('first-step', 'wait', 'Until the first project', [0, 2], { kind: 'event', event: 'Project Created', timeout: 'P3D' }),
    tile('morning', 'wait', 'Next weekday morning', [1, 3], {
      kind: 'time',
      time: '09:00',
      days: ['mon', 'tue', 'wed', 'thu', 'fri'],
      timezone: 'customer',
    }),
    email(
      'help',
      'Offer help',
      [1, 4],
      'Can we help you begin?',
      `Hi ${hello},\n\nMany begin with an example project. Answer this message if something is in the way.`,
    ),
    tile('started-late', 'wait', 'Until they begin', [1, 5], { kind: 'event', event: 'Project Created', timeout: 'P4D' }),
    tile('mark', 'updateProfile', 'Note that they began', [0, 6], { changes: [{ op: 'set', trait: 'onboarded', value: true }] }),
    email(
      'next',
      'What comes next',
      [0, 7],
      'Three things to try next',
      `Hi ${hello},\n\nYour first project is there. Next: invite a colleague, connect your data, share a result.`,
    ),
    tile('begun', 'exit', 'Began', [0, 8], { reason: 'began', conversion: true }),
    tile('quiet', 'exit', 'Did not begin', [1, 6], { reason: 'did not begin' }),
  ],
  edges: edges(
    'entry > welcome',
    'welcome > first-step',
    'first-step.met > mark',
    'first-step.timeout > morning',
    'morning > help',
    'help > started-late',
    'started-late.met > mark',
    'started-late.timeout > quiet',
    'mark > next',
    'next > begun',
  ),
  settings: { timezone: 'UTC', reentry: { mode: 'never' } },
}
