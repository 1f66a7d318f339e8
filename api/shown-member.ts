import type { Member } from '../store/members.js'
import type { ApiDeps } from './deps.js'

/** A member with the link to its history in Temporal's Web UI. */
export const shownMember = ({ temporal }: Pick<ApiDeps, 'temporal'>, member: Member): Member & { temporalUrl: string } => ({
  ...member,
  temporalUrl: temporal.uiLink(member.id),
})
