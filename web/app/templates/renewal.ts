import { edges, email, tile, type Template } from './build.js'

const date = '{{ customer.traits.renewal_date | default: "soon" }}'

/** Reminds before a contract renews, by the trait `renewal_date`: 30 days, 7 days and a day before, and tells the account's manager about large ones. */
export const renewal: Template = {
  id: 'renewal',
  tiles: [
    tile('entry', 'entry', 'Contract signed', [0, 0], {
      triggers: [{ type: 'event', event: 'Contract Signed', key: 'properties.contractId' }, { type: 'manual' }],
    }),
    tile('month', 'wait', '30 days before', [0, 1], {
      kind: 'trait',
      trait: 'renewal_date',
      offset: '-P30D',
      time: '09:00',
      timezone: 'customer',
    }),
    tile('value', 'branch', 'A large account?', [0, 2], {
      kind: 'condition',
      paths: [{ id: 'large', name: '10,000 a year or more', when: { trait: 'annual_value', op: 'gte', value: 10000 } }],
    }),
    tile('tell', 'webhook', 'Tell the account manager', [0, 3], {
      method: 'POST',
      url: 'https://example.com/hooks/renewals',
      sign: false,
      timeout: 'PT10S',
      onFailure: 'continue',
    }),
    email(
      'early',
      'Renews in a month',
      [1, 4],
      'Your contract renews in a month',
      `Your contract renews on ${date}. Nothing to do if you want to go on; to change something, answer this message.`,
    ),
    tile('week', 'wait', '7 days before', [0, 5], {
      kind: 'trait',
      trait: 'renewal_date',
      offset: '-P7D',
      time: '09:00',
      timezone: 'customer',
    }),
    email('soon', 'Renews in a week', [0, 6], 'Your contract renews in a week', `A reminder: your contract renews on ${date}.`),
    tile('eve', 'wait', 'The day before', [0, 7], {
      kind: 'trait',
      trait: 'renewal_date',
      offset: '-P1D',
      time: '09:00',
      timezone: 'customer',
    }),
    email(
      'tomorrow',
      'Renews tomorrow',
      [0, 8],
      'Your contract renews tomorrow',
      'Last call: tell us today if you want to change something.',
    ),
    tile('renewed', 'wait', 'Until it has renewed', [0, 9], { kind: 'event', event: 'Contract Renewed', timeout: 'P14D' }),
    tile('kept', 'exit', 'Renewed', [0, 10], { reason: 'renewed', conversion: true }),
    tile('open', 'exit', 'Not renewed', [1, 10], { reason: 'not renewed' }),
  ],
  edges: edges(
    'entry > month',
    'month > value',
    'value.large > tell',
    'value.else > early',
    'tell > early',
    'early > week',
    'week > soon',
    'soon > eve',
    'eve > tomorrow',
    'tomorrow > renewed',
    'renewed.met > kept',
    'renewed.timeout > open',
  ),
  settings: {
    timezone: 'UTC',
    reentry: { mode: 'always' },
    exitCriteria: [{ name: 'cancelled', event: 'Contract Cancelled' }],
  },
}
