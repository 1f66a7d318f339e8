import { z } from 'zod'
import { CHANNELS } from '../../model/channels.js'
import { TEMPLATE_KINDS } from '../../model/templates.js'
import { templateSchema } from '../../tiles/fields.js'
import { instant } from './common.js'

/** Most languages of a template, beside its own. */
const MAX_LOCALES = 100

const parts = {
  subject: templateSchema.optional().meta({ description: 'Also the title of a push' }),
  html: templateSchema.optional(),
  mjml: templateSchema.optional().meta({ description: 'In place of `html`; compiled to it' }),
  text: templateSchema.optional().meta({ description: 'Left out of an email: made from its HTML' }),
}

/** The texts of a template. */
export const contentSchema = z
  .strictObject({
    ...parts,
    locale: z.string().min(1).max(64).default('en').meta({ description: 'BCP 47 tag of the language of these texts' }),
    locales: z
      .record(z.string().min(1).max(64), z.strictObject(parts))
      .refine((locales) => Object.keys(locales).length <= MAX_LOCALES, { error: `At most ${MAX_LOCALES} languages.` })
      .optional()
      .meta({ description: 'Texts in other languages, by BCP 47 tag; what one leaves out comes from the one that it falls back to' }),
  })
  .meta({ id: 'TemplateContent' })

const name = z.string().trim().min(1, 'Give a name.').max(200)
const channel = z.enum(CHANNELS).nullable().default(null).meta({ description: 'What it is written for; of an email always `email`' })

export const templateBody = z.strictObject({ name, kind: z.enum(TEMPLATE_KINDS), channel, content: contentSchema })
export const templatePut = z.strictObject({ name, channel, content: contentSchema })

export const templateSummary = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(TEMPLATE_KINDS),
    channel: z.enum(CHANNELS).nullable(),
    version: z.int().nullable().meta({ description: 'Published last; null: none was' }),
    draftVersion: z.int().nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'TemplateSummary' })

export const template = templateSummary.extend({ content: contentSchema }).meta({ id: 'MessageTemplate' })

const version = z.object({
  version: z.int(),
  status: z.enum(['draft', 'live', 'past']),
  createdAt: instant,
  publishedAt: instant.nullable(),
  publishedBy: z.string().nullable().meta({ description: 'As the audit log names them' }),
  publishedByName: z.string().nullable(),
})
export const templateVersion = version.meta({ id: 'TemplateVersionSummary' })
export const wholeTemplateVersion = version.extend({ content: contentSchema }).meta({ id: 'TemplateVersion' })

/** What tiles that use templates are judged by: see `TemplateRef` of tiles/checks/message.ts. */
export const templateRef = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(TEMPLATE_KINDS),
    channel: z.enum(CHANNELS).nullable(),
    version: z.int().nullable(),
    versions: z.record(
      z.string(),
      z.object({
        parts: z.array(z.enum(['subject', 'html', 'mjml', 'text'])),
        reads: z.array(z.array(z.string())),
        partials: z.array(z.string()),
      }),
    ),
  })
  .meta({ id: 'TemplateRef' })
