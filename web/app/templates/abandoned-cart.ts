import { edges, email, tile, type Template } from './build.js'

/** Reminds who left a cart, with a gift for large ones; stops at once when they buy. */
export const abandonedCart: Template = {
  id: 'abandoned-cart',
  tiles: [
    tile('entry', 'entry', 'Filled a cart', [0, 0], { triggers: [{ type: 'event', event: 'Checkout Started' }] }),
    tile('hour', 'wait', 'An hour', [0, 1], { kind: 'duration', duration: 'PT1H' }),
    email(
      'reminder',
      'Reminder',
      [0, 2],
      'You left something behind',
      'Hi {{ customer.traits.firstName | default: "there" }},\n\nYour cart is still there. Go on where you were: {{ entry.properties.checkoutUrl | default: "https://example.com/cart" }}',
    ),
    tile('day', 'wait', 'A day', [0, 3], { kind: 'duration', duration: 'P1D' }),
    tile('large', 'branch', 'Over 100?', [0, 4], {
      kind: 'condition',
      paths: [{ id: 'large', name: 'Over 100', when: { property: 'total', of: 'entry', op: 'gt', value: 100 } }],
    }),
    email(
      'gift',
      'Free delivery',
      [0, 5],
      'Delivery is on us',
      'Your order ships free until tomorrow night.\n\nGo on: {{ entry.properties.checkoutUrl | default: "https://example.com/cart" }}',
    ),
    email(
      'last',
      'Last reminder',
      [1, 5],
      'Still interested?',
      'We keep your cart for one more day.\n\nGo on: {{ entry.properties.checkoutUrl | default: "https://example.com/cart" }}',
    ),
    tile('two-days', 'wait', 'Two days', [0, 6], { kind: 'duration', duration: 'P2D' }),
    tile('left', 'exit', 'Did not buy', [0, 7], { reason: 'did not buy' }),
  ],
  edges: edges(
    'entry > hour',
    'hour > reminder',
    'reminder > day',
    'day > large',
    'large.large > gift',
    'large.else > last',
    'gift > two-days',
    'last > two-days',
    'two-days > left',
  ),
  settings: {
    timezone: 'UTC',
    reentry: { mode: 'afterExit', cooldown: 'P7D' },
    goal: { name: 'bought', event: 'Order Completed' },
    exitCriteria: [{ name: 'emptied the cart', event: 'Cart Emptied' }],
  },
}
