import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  setHandler,
} from '@temporalio/workflow'
import { ApplicationFailure } from '@temporalio/common'
import type { Message } from '../engine/host.js'
import { Inbox } from '../engine/inbox.js'
import { begin, walk, type Ended } from '../engine/interpret.js'
import { OPERATE_UPDATE, type MemberInput, type MemberResult, type OperateInput } from './api.js'
import { TemporalHost } from './host.js'

const signals = {
  wake: defineSignal<[Message & { kind: 'wake' }]>('wake'),
  rearm: defineSignal<[Message & { kind: 'rearm' }]>('rearm'),
  resume: defineSignal<[Message & { kind: 'resume' }]>('resume'),
  look: defineSignal<[Message & { kind: 'look' }]>('look'),
  child: defineSignal<[Message & { kind: 'child' }]>('child'),
  watch: defineSignal<[Message & { kind: 'watch' }]>('watch'),
  exit: defineSignal<[Message & { kind: 'exit' }]>('exit'),
  move: defineSignal<[Message & { kind: 'move' }]>('move'),
}
const operate = defineUpdate<void, [OperateInput]>(OPERATE_UPDATE)

/** One customer's one walk through an orchestration. */
export async function member(input: MemberInput): Promise<MemberResult> {
  const inbox = new Inbox(input.inbox)
  const host = new TemporalHost(input.member, inbox)
  const progress = input.progress ?? begin(input.route)
  const state: { ended?: Ended } = {}

  setHandler(signals.wake, (message) => inbox.push(message), { description: 'A wait is over: leave it by a port.' })
  setHandler(signals.rearm, (message) => inbox.push(message), { description: 'A wait is due at another instant.' })
  setHandler(signals.resume, (message) => inbox.push(message), { description: 'A pause of the orchestration is over.' })
  setHandler(signals.look, (message) => inbox.push(message), { description: 'Judge again what time may have changed.' })
  setHandler(signals.child, (message) => inbox.push(message), { description: 'News of a member that this one waits for.' })
  setHandler(signals.watch, (message) => inbox.push(message), { description: 'Another member waits for this one.' })
  setHandler(signals.exit, (message) => inbox.push(message), { description: 'Leave the orchestration.' })
  setHandler(signals.move, (message) => inbox.push(message), { description: 'Go to another tile.' })
  setHandler(
    operate,
    async (command) => {
      inbox.push(messageOf(command))
      // Displaced: another command came first. Not so an exit: then another one is on its way.
      const displaced = (): boolean => command.kind !== 'exit' && !inbox.pending(command.id)
      await condition(() => inbox.done.has(command.id) || state.ended !== undefined || displaced())
      if (inbox.done.has(command.id)) return
      if (state.ended?.end === 'exited') throw gone('exited')
      if (displaced()) throw gone(host.state)
    },
    {
      description: 'Retry or skip a parked member, move a member, or take it out.',
      validator: (command) => {
        // One that goes on in a new run takes the command along.
        if (state.ended?.end === 'exited') throw gone('exited')
        if ((command.kind === 'retry' || command.kind === 'skip') && host.state !== 'parked') throw gone(host.state)
      },
    },
  )

  // Cancelled from outside, in Temporal's own terms: the member leaves as from an operator's exit, its timers and activities are its own.
  CancellationScope.current().cancelRequested.catch(() => inbox.push({ kind: 'exit', id: 'cancel', reason: 'cancelled' }))
  const ended = (state.ended = await CancellationScope.nonCancellable(() => walk(input.route, host, inbox, progress)))
  // An Update that came in must answer before the run closes.
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished))
  if (ended.end === 'exited') {
    await CancellationScope.nonCancellable(() => tellWatchers(inbox, input.member.memberId))
    return { reason: ended.reason }
  }
  return continueAsNew<typeof member>({ member: host.member, route: ended.route, progress: ended.progress, inbox: inbox.state() })
}

/** Tells those who wait for this member that it has exited; also those who ask meanwhile. Who has left cannot be told, and need not be. */
async function tellWatchers({ watchers }: Inbox, memberId: string): Promise<void> {
  for (const watcher of watchers)
    await getExternalWorkflowHandle(watcher)
      .signal(signals.child, { kind: 'child', id: memberId, is: 'over' })
      .catch(() => undefined)
}

function messageOf({ kind, id, reason, to }: OperateInput): Message {
  if (kind === 'exit') return { kind, id, reason: reason ?? 'operator', cause: { operation: id } }
  if (kind === 'move') return { kind, id, tile: to!, ...(reason !== undefined && { reason }) }
  return { kind, id }
}

/** The command cannot be: the failure's type is the state that the member is in. */
function gone(state: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`The member is ${state}.`, state)
}
