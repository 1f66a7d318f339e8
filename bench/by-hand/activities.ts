import { activityInfo } from '@temporalio/activity'
import { Liquid, type Template } from 'liquidjs'
import type { Db } from '../../store/db.js'
import { newId } from '../../model/ids.js'

export interface HandActivities {
  /** Renders and sends one message; answers whether the customer is a VIP. */
  send(customerId: string, template: string): Promise<boolean>
}

/** What an engineer would write by hand: read the customer, render, send once per (workflow, activity). */
export function handActivities(db: Db, workspaceId: string): HandActivities {
  const liquid = new Liquid()
  const parsed = new Map<string, Template[]>()
  return {
    async send(customerId, template) {
      const { workflowExecution, activityId } = activityInfo()
      const customer = await db.one<{ traits: { vip?: boolean } }>('select traits from customer where workspace_id = $1 and id = $2', [
        workspaceId,
        customerId,
      ])
      let templates = parsed.get(template)
      if (!templates) parsed.set(template, (templates = liquid.parse(template)))
      const body: unknown = await liquid.render(templates, { customer })
      await db.query(
        `insert into sandbox_message (id, workspace_id, key, customer_id, action, fields, member_id, tile_id)
         values ($1, $2, $3, $4, 'send_email', $5::jsonb, $6, $7) on conflict (key) do nothing`,
        [
          newId('msg'),
          workspaceId,
          `${workflowExecution?.workflowId}:${activityId}`,
          customerId,
          JSON.stringify({ to: customerId, subject: body }),
          workflowExecution?.workflowId ?? '',
          activityId,
        ],
      )
      return customer?.traits.vip === true
    },
  }
}
