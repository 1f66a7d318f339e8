import {
  IconActivity,
  IconBolt,
  IconInbox,
  IconPlug,
  IconRoute,
  IconSettings,
  IconStack2,
  IconTemplate,
  IconUsers,
  type Icon,
} from '@tabler/icons-react'

export interface Area {
  name: string
  icon: Icon
}

/** The parts of the application, in the order of the rail. The name is a sentence of en/frame.json and the first part of the address. */
export const AREAS: readonly Area[] = [
  { name: 'journeys', icon: IconRoute },
  { name: 'audiences', icon: IconStack2 },
  { name: 'customers', icon: IconUsers },
  { name: 'events', icon: IconBolt },
  { name: 'templates', icon: IconTemplate },
  { name: 'destinations', icon: IconPlug },
  { name: 'inbox', icon: IconInbox },
  { name: 'operations', icon: IconActivity },
  { name: 'settings', icon: IconSettings },
]
