import type { z } from 'zod'
import type { Db } from '../store/db.js'
import type { Scope } from '../store/keys.js'
import type { Page } from '../store/page.js'
import { audited, type Change } from './audited.js'
import { etagOf } from './middleware/etag.js'
import { route, type Answer, type Call, type Route } from './route.js'
import { idParams, pageOf } from './schemas/common.js'

/** What changes by revisions: its ETag is made of the revision, which is no part of its body. */
export interface Revised {
  revision: number
}

/** The body of what changes by revisions. */
export function withoutRevision<T extends Revised>({ revision: _, ...body }: T): Omit<T, 'revision'> {
  return body
}

/** The answer that shows what changes by revisions. */
export const shown = (found: Revised): Answer => ({ body: withoutRevision(found), revision: found.revision })

/** The `current` of a route that changes what `read` reads. @param tagOf what of it makes its ETag; its revision unless told */
export const currentOf =
  <C, T extends Revised>(read: (call: C) => Promise<T>, tagOf: (found: T) => number | string = ({ revision }) => revision) =>
  async (call: C): Promise<string> =>
    etagOf('', tagOf(await read(call)))

type Body<B extends z.ZodType, P> = Call<P, Record<string, never>, z.output<B>>
interface Id {
  id: string
}

/** Writes to the database, and to the audit log in the same transaction; the handler may do more before and after. */
type Write<M> = <R extends M>(work: (db: Db) => Promise<R>, detail?: Change<R>['detail']) => Promise<R>

/** What a route says of itself. */
interface Said extends Pick<Route, 'summary' | 'description' | 'documented' | 'example' | 'limit' | 'problems'> {
  /** The verb of the audit log. */
  verb?: string
}

/** What is told of a kind of thing that has an id and changes by revisions. */
interface Kind<T extends Revised & Id> {
  /** Under /api/v1: `/topics`. */
  path: string
  tag: string
  /** What it is in the audit log: `topic` makes `topic.create`. */
  kind: string
  schema: z.ZodType
  /** Who may change it. */
  scope: Scope
  /** Who may read it; `read` unless told. */
  reader?: Scope
  /** @throws TileworkError not_found */
  get(db: Db, workspaceId: string, id: string): Promise<T>
  /** As it is shown alone; without its revision unless told. */
  show?(call: Call<unknown, unknown, unknown>, found: T): Answer | Promise<Answer>
  /** What of it makes its ETag; its revision unless told. */
  tagOf?(found: T): number | string
  /** What of an ETag If-Match compares; all of it unless told. */
  matchedBy?(etag: string): string
}

/** The routes of a kind of thing, each made of what is its own. */
export class Resource<T extends Revised & Id> {
  constructor(private readonly of: Kind<T>) {}

  /** @param brief as one stands in the list; without its revision unless told */
  list<Q extends z.ZodObject, S extends Revised>(
    said: Said & {
      query: Q
      schema?: z.ZodType
      find(db: Db, workspaceId: string, query: z.output<Q>): Promise<Page<S>>
      brief?(found: S): unknown
    },
  ): Route {
    const { schema = this.of.schema, query, find, brief = withoutRevision, ...rest } = said
    return route({
      method: 'get',
      path: this.of.path,
      ...this.reads,
      ...rest,
      query,
      answer: { status: 200, description: 'A page', schema: pageOf(schema) },
      handler: async (call) => {
        const page = await find(call.deps.db, call.workspaceId, call.query as z.output<Q>)
        return { body: { ...page, data: page.data.map(brief) } }
      },
    })
  }

  create<B extends z.ZodType>(said: Said & { body: B; make(call: Body<B, Record<string, never>>, write: Write<Id>): Promise<T> }): Route {
    const { verb = 'create', make, body, ...rest } = said
    return route({
      method: 'post',
      path: this.of.path,
      ...this.changes,
      ...rest,
      body,
      answer: { status: 201, description: 'Created', schema: this.of.schema, headers: { Location: 'Where it is' } },
      handler: async (call) => {
        const action = `${this.of.kind}.${verb}`
        const made = await make(call as never, (work, detail) => audited(call, { action, subject: ({ id }) => id, detail }, work))
        return { ...(await this.show(call, made)), headers: { Location: `/api/v1${this.of.path}/${made.id}` } }
      },
    })
  }

  read(said: Said): Route {
    return route({
      method: 'get',
      path: this.onePath,
      ...this.reads,
      ...said,
      params: idParams,
      answer: { status: 200, description: `The ${this.of.kind.replace('-', ' ')}`, schema: this.of.schema },
      handler: async (call) => this.show(call, await this.find(call)),
    })
  }

  /** Replaces one; only the revision that If-Match names, when it names one. */
  replace<B extends z.ZodType>(said: Said & { body: B; change(call: Body<B, Id>, write: Write<unknown>): Promise<T> }): Route {
    const { verb = 'replace', change, body, ...rest } = said
    return route({
      method: 'put',
      path: this.onePath,
      ...this.changes,
      ...this.ifMatch,
      ...rest,
      params: idParams,
      body,
      answer: { status: 200, description: 'Replaced', schema: this.of.schema },
      handler: async (call) => this.show(call, await change(call as never, this.writer(call, verb))),
    })
  }

  /** Deletes one; only the revision that If-Match names, when it names one. */
  remove(said: Said & { remove(db: Db, workspaceId: string, id: string, revision?: number): Promise<unknown> }): Route {
    const { verb = 'delete', remove, ...rest } = said
    return route({
      method: 'delete',
      path: this.onePath,
      ...this.changes,
      ...this.ifMatch,
      ...rest,
      params: idParams,
      answer: { status: 204, description: 'Deleted' },
      handler: async (call) => {
        await this.writer(call, verb)((db) => remove(db, call.workspaceId, call.params.id, call.expectedRevision))
        return {}
      },
    })
  }

  /** The `current` and `matchedBy` of a route that changes one. */
  get ifMatch() {
    const { tagOf, matchedBy } = this.of
    return { current: currentOf((call: Call<Id, unknown, unknown>) => this.find(call), tagOf), ...(matchedBy && { matchedBy }) }
  }

  /** How a route about one writes it, with who did in the audit log. */
  writer(call: Call<Id, unknown, unknown>, verb: string): Write<unknown> {
    return (work, detail) => audited(call, { action: `${this.of.kind}.${verb}`, subject: call.params.id, detail }, work)
  }

  /** The one that a call names. @throws TileworkError not_found */
  find({ deps, workspaceId, params }: Call<Id, unknown, unknown>): Promise<T> {
    return this.of.get(deps.db, workspaceId, params.id)
  }

  /** One as it is shown alone. */
  async show(call: Call<unknown, unknown, unknown>, found: T): Promise<Answer> {
    const { show = (_, it) => shown(it), tagOf = ({ revision }) => revision } = this.of
    return { ...(await show(call, found)), revision: tagOf(found) }
  }

  private get onePath(): string {
    return `${this.of.path}/{id}`
  }

  private get reads(): { scope: Scope; tag: string } {
    return { scope: this.of.reader ?? 'read', tag: this.of.tag }
  }

  private get changes(): { scope: Scope; tag: string } {
    return { scope: this.of.scope, tag: this.of.tag }
  }
}
