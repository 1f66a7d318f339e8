import { IconDeviceFloppy, IconDotsVertical, IconRocket, IconTrash } from '@tabler/icons-react'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { useMay } from '../../api/me.js'
import { useFoundCustomers } from '../../api/members.js'
import { useSeenTraits } from '../../api/schema.js'
import {
  useDeleteTemplate,
  usePublishTemplate,
  useSaveTemplate,
  useTemplate,
  type Template,
  type TemplateContent,
} from '../../api/templates.js'
import { useLivePreview } from '../../forms/sending/use-live-preview.js'
import { NO_DOC, variablesAt } from '../../forms/template/variables.js'
import { Page } from '../../frame/page.js'
import { Banner } from '../../kit/banner.js'
import { Button, IconButton } from '../../kit/button.js'
import { Card } from '../../kit/card.js'
import { CopyId } from '../../kit/copy-id.js'
import { ErrorState } from '../../kit/error-state.js'
import { Field } from '../../kit/field.js'
import { Menu } from '../../kit/menu.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { Tabs } from '../../kit/tabs.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'
import { useUrlChoice } from '../../url.js'
import { DeleteDialog } from '../parts/delete-dialog.js'
import { UsedBy } from '../parts/used-by.js'
import { TemplateState } from './list.js'
import { PreviewPane } from './preview-pane.js'
import { Versions } from './versions.js'
import { Writing } from './writing.js'

/** /templates/:id: write a template, see it, publish it, go back to a version. */
export default function TemplatePage() {
  const { t } = useTranslation()
  const id = useParams()['id']!
  const { data, error, refetch } = useTemplate(id)
  if (data) return <Opened key={id} template={data.data} etag={data.etag} />
  return (
    <Page title={t('content:one')} crumbs={[{ label: t('content:title'), to: '/templates' }]}>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Card>
          <SkeletonLines lines={8} label={t('content:one')} />
        </Card>
      )}
    </Page>
  )
}

function Opened({ template, etag }: { template: Template; etag: string | undefined }) {
  const { t } = useTranslation()
  const { id, kind, channel } = template
  const mayWrite = useMay('write')
  const [saved, setSaved] = useState({ template, etag })
  const [name, setName] = useState(template.name)
  const [content, setContent] = useState<TemplateContent>(template.content)
  const [tab, setTab] = useUrlChoice('tab', ['write', 'versions'], 'write')
  const [tag, setTag] = useState<string>()
  const [locale, setLocale] = useState('')
  const [deleting, setDeleting] = useState(false)
  const [save, publish] = [useSaveTemplate(id), usePublishTemplate(id)]
  const changed = name !== saved.template.name || JSON.stringify(content) !== JSON.stringify(saved.template.content)
  useLeaveGuard(changed)

  const locales = [content.locale, ...Object.keys(content.locales ?? {})]
  const asked = tag ?? locale
  const preview = useLivePreview({ type: 'template', kind, channel, name, content, ...(asked !== '' && { locale: asked }) })
  // It is what the page is for: nobody has to ask, nor to choose for whom.
  const [someone] = useFoundCustomers('').data ?? []
  useEffect(() => {
    if (someone && !preview.customer) preview.setCustomer({ id: someone.id, label: someone.name ?? someone.id })
    else if (!preview.asked) preview.ask()
  }, [someone?.id])
  const traits = useSeenTraits()
  const variables = useMemo(() => variablesAt(NO_DOC, '', { traits: traits ?? [], properties: new Map() }), [traits])
  const problems = preview.current ? (preview.shown?.problems ?? []).filter(({ code }) => code !== 'template_error') : []

  const keep = async (): Promise<string | undefined> => {
    if (!changed && saved.template.draftVersion !== null) return saved.etag
    const answer = await save.mutateAsync({ name, channel, content, etag: saved.etag })
    setSaved({ template: answer.data, etag: answer.etag })
    setContent(answer.data.content)
    return answer.etag
  }
  const onSave = (): void => void keep().then(() => toast.done(t('content:saved')), () => undefined) // prettier-ignore
  const onPublish = async (): Promise<void> => {
    try {
      const answer = await publish.mutateAsync(await keep())
      setSaved({ template: answer.data, etag: answer.etag })
      toast.done(t('content:published', { version: answer.data.version }))
    } catch {
      // Both errors stand on the page.
    }
  }
  const onRestore = (before: TemplateContent, version: number): void => {
    setContent(before)
    setTag(undefined)
    setTab('write')
    toast.info(t('content:restored', { version }))
  }
  const error = save.error ?? publish.error
  const nothing = !changed && saved.template.draftVersion === null
  const actions = mayWrite && (
    <>
      <Menu items={[{ label: t('content:delete.open'), icon: IconTrash, danger: true, onSelect: () => setDeleting(true) }]}>
        <IconButton label={t('content:more')} icon={IconDotsVertical} />
      </Menu>
      <Button compact icon={IconDeviceFloppy} busy={save.isPending} disabled={!changed} onClick={onSave}>
        {t('content:save')}
      </Button>
      <Button compact variant="primary" icon={IconRocket} busy={publish.isPending} disabled={nothing} onClick={() => void onPublish()}>
        {t('content:publish')}
      </Button>
    </>
  )
  return (
    <Page
      title={saved.template.name}
      crumbs={[{ label: t('content:title'), to: '/templates' }]}
      state={<span className="max-sm:hidden"><TemplateState template={saved.template} /></span>}
      actions={actions}
    >
      {error && <Banner tone="red">{error.message}</Banner>}
      <Tabs
        label={t('content:parts')}
        value={tab}
        onChange={setTab}
        tabs={[
          {
            value: 'write',
            label: t('content:write'),
            content: (
              <div className="grid items-start gap-4 xl:grid-cols-2">
                <div className="flex min-w-0 flex-col gap-4">
                  <Card>
                    <Field label={t('content:create.name')} hint={kind === 'partial' ? t('content:broughtIn', { name: saved.template.name }) : undefined}>
                      <TextInput value={name} onChange={setName} maxLength={200} disabled={!mayWrite || kind === 'partial'} autoComplete="off" />
                    </Field>
                  </Card>
                  <Writing {...{ kind, channel, content, problems, variables, tag }} onChange={setContent} onTag={setTag} readOnly={!mayWrite} />
                </div>
                <div className="flex min-w-0 flex-col gap-4">
                  <PreviewPane {...{ kind, preview, locales, locale: asked }} onLocale={setLocale} />
                  <UsedBy kind="templates" id={id} />
                  <Card>
                    <CopyId id={id} />
                  </Card>
                </div>
              </div>
            ),
          },
          { value: 'versions', label: t('content:versions'), content: <Versions id={id} onRestore={mayWrite ? onRestore : undefined} /> },
        ]}
      />
      {deleting && <Delete template={saved.template} onClose={() => setDeleting(false)} />}
    </Page>
  )
} // prettier-ignore

/** What was written and not saved is not lost by a closed tab without a word. */
function useLeaveGuard(changed: boolean): void {
  useEffect(() => {
    if (!changed) return undefined
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [changed])
}

function Delete({ template: { id, name }, onClose }: { template: Template; onClose(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const remove = useDeleteTemplate()
  const done = (): void => {
    toast.done(t('content:delete.done', { name }))
    void navigate('/templates')
  }
  return (
    <DeleteDialog
      title={t('content:delete.title', { name })}
      description={t('content:delete.text')}
      action={t('content:delete.action')}
      onConfirm={() => remove.mutate(id, { onSuccess: done })}
      onClose={onClose}
      busy={remove.isPending}
      error={remove.error}
    />
  )
}
