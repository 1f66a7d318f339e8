import { z } from 'zod'
import { SUB_MODES } from '../choices.js'
import { defineTile } from '../define.js'

const config = z.strictObject({ orchestrationId: z.string().min(1).max(64), mode: z.enum(SUB_MODES) })
export type SubOrchestrationConfig = z.output<typeof config>

/** Enters another orchestration. */
export const subOrchestration = defineTile({ type: 'subOrchestration', title: 'Sub-orchestration', config })
