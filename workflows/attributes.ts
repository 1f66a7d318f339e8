import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common'

const ORCHESTRATION = defineSearchAttributeKey('OrchestrationId', SearchAttributeType.KEYWORD)
const VERSION = defineSearchAttributeKey('OrchestrationVersion', SearchAttributeType.INT)
const CUSTOMER = defineSearchAttributeKey('CustomerId', SearchAttributeType.KEYWORD)
export const STATUS = defineSearchAttributeKey('TileworkStatus', SearchAttributeType.KEYWORD)

/** The search attributes of a member's workflow, given at its start. They are plain text in Temporal: ids only. */
export function memberAttributes(of: { journeyId: string; version: number; customerId: string }): SearchAttributePair[] {
  return [
    { key: ORCHESTRATION, value: of.journeyId },
    { key: VERSION, value: of.version },
    { key: CUSTOMER, value: of.customerId },
  ]
}
