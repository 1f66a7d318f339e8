import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { hasSession, sessionReturned, signInBy, useSession } from '../api/session.js'
import { Button } from '../kit/button.js'
import { Code } from '../kit/code.js'
import { Dialog } from '../kit/dialog.js'
import { Field } from '../kit/field.js'
import { TextInput } from '../kit/text-input.js'
import { toast } from '../kit/toast.js'

/** How often it looks whether somebody signed in in another tab, in ms. */
const LOOK = 2_000

/** Says that the session has ended, and lets the person sign in again without leaving the page. */
export function SessionDialog() {
  const { t } = useTranslation()
  const { ended } = useSession()
  const [link, setLink] = useState('')
  const [state, setState] = useState<'asking' | 'trying' | 'refused'>('asking')
  useEffect(() => (ended ? watch(() => (sessionReturned(), toast.done(t('frame:session.back')))) : undefined), [ended, t])
  const submit = async (): Promise<void> => {
    setState('trying')
    const worked = await signInBy(link)
    setState(worked ? 'asking' : 'refused')
    if (!worked) return
    setLink('')
    sessionReturned()
  }
  return (
    <Dialog
      sticky
      open={ended}
      onClose={() => undefined}
      title={t('frame:session.title')}
      description={t('frame:session.text')}
      onSubmit={() => void submit()}
      actions={
        <Button type="submit" variant="primary" busy={state === 'trying'} disabled={link.trim() === ''}>
          {t('frame:session.signIn')}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <Code block text="npm run -s sign-in" />
        <Field label={t('frame:session.link')} error={state === 'refused' ? t('frame:session.refused') : undefined}>
          <TextInput value={link} onChange={setLink} autoComplete="off" spellCheck={false} />
        </Field>
      </div>
    </Dialog>
  )
}

function watch(found: () => void): () => void {
  const look = (): void => void hasSession().then((has) => has && found())
  const timer = setInterval(look, LOOK)
  window.addEventListener('focus', look)
  return () => {
    clearInterval(timer)
    window.removeEventListener('focus', look)
  }
}
