import { defineSearchAttributeKey, SearchAttributeType, type Priority, type SearchAttributePair } from '@temporalio/common'
import type { MemberStart } from '../engine/host.js'
import type { MemberInput } from './api.js'

const ORCHESTRATION = defineSearchAttributeKey('OrchestrationId', SearchAttributeType.KEYWORD)
/** The version that a member walks; changes when it is moved to another. */
export const VERSION = defineSearchAttributeKey('OrchestrationVersion', SearchAttributeType.INT)
const CUSTOMER = defineSearchAttributeKey('CustomerId', SearchAttributeType.KEYWORD)
/** Upserted when a member is parked and when it is not any more. */
export const STATUS = defineSearchAttributeKey('TileworkStatus', SearchAttributeType.KEYWORD)

/** Longest summary that Temporal keeps is 200 bytes; names are cut well below. */
const MAX_NAME = 100

/** Start options of a member's workflow, from the client as from a parent. Search attributes are plain text in Temporal: ids only. */
export function memberStart(start: MemberStart): {
  workflowId: string
  args: [MemberInput]
  typedSearchAttributes: SearchAttributePair[]
  staticSummary: string
  priority: Priority
} {
  const { memberId, workspaceId, journeyId, version, customerId, route, journeyName } = start
  return {
    workflowId: memberId,
    args: [{ member: { memberId, workspaceId, journeyId, version, customerId }, route }],
    typedSearchAttributes: [
      { key: ORCHESTRATION, value: journeyId },
      { key: VERSION, value: version },
      { key: CUSTOMER, value: customerId },
    ],
    staticSummary: `${journeyName.slice(0, MAX_NAME)} v${version}`,
    priority: { fairnessKey: journeyId },
  }
}
