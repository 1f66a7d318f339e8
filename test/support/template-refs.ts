import type { TemplateRef } from '../../tiles/checks/message.js'

const summary = (parts: ('subject' | 'text')[], partials: string[] = [], reads: string[][] = []) => ({ parts, partials, reads })
const ref = (name: string, kind: 'email' | 'partial', versions: TemplateRef['versions']): TemplateRef => ({
  name,
  kind,
  channel: null,
  version: Math.max(...Object.keys(versions).map(Number), 0) || null,
  versions,
})
/** Templates of a workspace, with one for each thing that can be wrong. */
export const TEMPLATES = new Map<string, TemplateRef>([
  ['tpl_1', ref('Welcome', 'email', { 1: summary(['text']), 2: summary(['subject', 'text'], ['footer'], [['customer', 'nick']]) })],
  ['tpl_draft', ref('Draft', 'email', {})],
  ['tpl_empty', ref('Empty', 'email', { 1: summary([]) })],
  ['tpl_footer', ref('footer', 'partial', { 1: summary(['text'], [], [['tiles', 'nowhere', 'x']]) })],
  ['tpl_unpublished', ref('unpublished', 'partial', {})],
  ['tpl_ping', ref('ping', 'partial', { 1: summary(['text'], ['pong']) })],
  ['tpl_pong', ref('pong', 'partial', { 1: summary(['text'], ['ping']) })],
])
