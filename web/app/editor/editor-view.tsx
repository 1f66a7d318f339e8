import { IconNote } from '@tabler/icons-react'
import { useReactFlow } from '@xyflow/react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'
import { useStore } from 'zustand'
import { move } from '../canvas/doc/change.js'
import { connect } from '../canvas/doc/connect.js'
import { moveOnEdge } from '../canvas/doc/add.js'
import { labelOf, tileOf } from '../canvas/doc/lookup.js'
import type { Problem } from '../../../tiles/problems.js'
import { noteOf, resizeNote, writeNote } from '../canvas/doc/notes.js'
import type { Doc, PortRef } from '../canvas/doc/types.js'
import { CanvasView } from '../canvas/view/canvas-view.js'
import { createCanvasUi, type CanvasActions } from '../canvas/view/context.js'
import { noteWords } from '../canvas/words/note.js'
import { refusalWords } from '../canvas/words/refusal.js'
import { useMay } from '../api/me.js'
import { Page } from '../frame/page.js'
import { usePaletteItems } from '../frame/palette-store.js'
import { StatePill } from '../kit/pill.js'
import { toast } from '../kit/toast.js'
import { createWalk, marksOf } from '../test-run/walk.js'
import { Actions } from './actions.js'
import { Commands, type Place } from './commands.js'
import { CanvasMenu } from './canvas-menu.js'
import { Choosers, type Asking } from './choosers.js'
import { ActivateDialog } from './dialogs/activate.js'
import { ConflictDialog } from './dialogs/conflict.js'
import { ShortcutsDialog } from './dialogs/shortcuts.js'
import { EmptyCanvas, LiveBanner } from './notices.js'
import { NameField } from './name-field.js'
import { saveAsCopy } from './open.js'
import { LeftPanel } from './panels/left-panel.js'
import { BottomDrawer } from './panels/bottom-drawer.js'
import { ProblemsPanel } from './panels/problems.js'
import { RightPanel } from './panels/right-panel.js'
import { useLookups } from './problems/lookups.js'
import { useProblems } from './problems/use-problems.js'
import { inReadingOrder } from './navigate.js'
import { SaveStateView } from './save-state.js'
import { shown } from './shortcuts.js'
import { useDoc, useEditor, useEditorStore, useSelection } from './store.js'
import { TestDrawer } from './test-drawer.js'
import { Toolbar } from './toolbar.js'
import { useKeys, type Opening } from './use-keys.js'
import { useNarrow } from './use-narrow.js'
import { useSay } from './use-say.js'
import { preload } from './preload.js'
import { SavedContext } from './saved.js'
import { useSaving, type Start } from './use-saving.js'

/** The editor: palette, canvas, panels, and all that keeps a draft safe. */
export function EditorView({ start, onReopen }: { start: Start; onReopen(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const store = useEditorStore()
  const [doc, selection] = [useDoc(), useSelection()]
  const { opened } = start
  const narrow = useNarrow()
  const mayWrite = useMay('write')
  const readOnly = opened.path === undefined || narrow || !mayWrite
  const saving = useSaving(start, store)
  const { conflict } = saving
  const { lookups, names } = useLookups(opened.id)
  const say = useSay(doc, names)
  const problems = useProblems(doc, lookups)
  const [asking, setAsking] = useState<Asking>()
  const [open, setOpen] = useState<Opening>({ left: 'add', right: 'tile', drawer: useSearchParams()[0].has('test') ? 'test' : undefined })
  const [focus, setFocus] = useState<{ path: string }>()
  const canvas = useRef<HTMLDivElement>(null)
  const { commands, ui } = useCommands(canvas)
  const actions = useActions(commands, setAsking, readOnly)
  useEffect(preload, [])
  useRefusals(say)
  useRestored(start)
  const openForm = useCallback(() => {
    setOpen((now) => ({ ...now, right: 'tile' }))
    const focus = (): void => document.querySelector<HTMLElement>('[data-first-field]')?.focus()
    focus()
    // The panel may have been closed.
    requestAnimationFrame(focus)
  }, [])
  const [walk] = useState(createWalk)
  const walked = useStore(walk, (state) => state.shown)
  const marks = useMemo(() => walked && marksOf(walked), [walked])
  const onStep = useCallback((by: 1 | -1) => walk.getState().go((walk.getState().shown?.step ?? 0) + by), [walk])
  const onCommand = useKeys({ commands, ui, readOnly, setAsking, setOpen, openForm, onStep })
  const onGo = ({ tileId, edgeId, path }: Problem): void => {
    const id = tileId ?? edgeId
    if (id !== undefined) commands.go(id)
    setOpen((now) => ({ ...now, right: id === undefined && path?.startsWith('/settings') ? 'settings' : 'tile' }))
    setFocus(path === undefined ? undefined : { path })
  }
  const closeDrawer = (): void => setOpen((now) => ({ ...now, drawer: undefined }))
  const onShow = useCallback((tileId: string) => commands.show(tileId, false), [commands])
  useSearchable(doc, commands, readOnly)
  return (
    <Page
      whole
      title={doc.name}
      titleSlot={<NameField name={doc.name} readOnly={readOnly} />}
      crumbs={[{ label: t('journeys:title'), to: '/journeys' }]}
      state={
        <>
          <span className="max-sm:hidden">
            <StatePill state={opened.status} />
          </span>
          {opened.kind !== 'first' && (
            <span className="text-label whitespace-nowrap text-muted max-md:hidden">
              {t(opened.kind === 'live' ? 'editor:version' : 'editor:draftOf', { version: opened.version })}
            </span>
          )}
          {opened.path !== undefined && <SaveStateView state={saving.state} room={saving.room} />}
        </>
      }
      actions={
        <Actions
          opened={opened}
          problems={problems}
          readOnly={readOnly}
          isSaved={saving.state.kind === 'saved'}
          onCommand={onCommand}
          onSettings={() => setOpen((now) => ({ ...now, right: 'settings' }))}
          onActivate={() => setOpen((now) => ({ ...now, dialog: 'activate' }))}
          onPublish={() => void navigate(`/journeys/${opened.id}/versions`)}
        />
      }
    >
      {opened.kind === 'live' && <LiveBanner opened={opened} onBegun={onReopen} />}
      <div className="flex min-h-0 flex-1">
        <LeftPanel
          {...{ commands, ui, doc, say, selection, readOnly }}
          tab={open.left}
          onTab={(left) => setOpen((now) => ({ ...now, left }))}
          onAdd={actions?.onAdd}
        />
        <div className="flex min-w-0 flex-1 flex-col">
          <CanvasMenu
            {...{ ui, readOnly, onCommand, openForm }}
            onAdd={(place, anchor) => setAsking({ kind: 'add', place, anchor })}
            onAddNote={(screen) => commands.addNoteAt(screen)}
            onWrite={(id) => commands.write(id)}
          >
            <div ref={canvas} data-canvas className="relative min-h-0 flex-1">
              <CanvasView
                {...{ doc, selection, say, ui, actions, marks }}
                onSelect={store.getState().select}
                badges={problems.badges}
                label={t('editor:canvas', { name: doc.name })}
              >
                <Toolbar onCommand={onCommand} readOnly={readOnly} />
              </CanvasView>
              {doc.tiles.length === 0 && <EmptyCanvas readOnly={readOnly} commands={commands} />}
            </div>
          </CanvasMenu>
          {open.drawer === 'problems' && (
            <BottomDrawer title={t('editor:problems.title')} onClose={closeDrawer}>
              <ProblemsPanel {...{ problems, doc, onGo }} />
            </BottomDrawer>
          )}
          {open.drawer === 'test' && (
            <TestDrawer
              {...{ doc, say, walk, saving, onShow, onGo }}
              journeyId={opened.id}
              version={opened.kind === 'live' ? opened.version! : 'draft'}
              draft={opened.path}
              onClose={closeDrawer}
            />
          )}
        </div>
        <SavedContext value={saving.state.kind === 'saved'}>
          <RightPanel
            {...{ doc, selection, say, readOnly, focus, commands }}
            orchestrationId={opened.id}
            problems={problems}
            shows={open.right}
            onClose={() => (open.right === 'settings' ? setOpen((now) => ({ ...now, right: 'tile' })) : store.getState().select(new Set()))}
            onConnect={(from, anchor) => setAsking({ kind: 'connect', from, anchor })}
          />
        </SavedContext>
      </div>
      <Choosers asking={asking} doc={doc} say={say} commands={commands} onClose={() => setAsking(undefined)} />
      {open.dialog === 'keys' && <ShortcutsDialog onClose={() => setOpen(({ dialog: _, ...now }) => now)} />}
      {open.dialog === 'activate' && saving.canvas && (
        <ActivateDialog
          id={opened.id}
          etag={saving.canvas.etag}
          doc={doc}
          say={say}
          onClose={() => setOpen(({ dialog: _, ...now }) => now)}
          onActivated={() => (toast.done(t('editor:activate.done', { name: doc.name })), void navigate(`/journeys/${opened.id}/monitor`))}
        />
      )}
      {conflict && (
        <ConflictDialog
          mine={doc}
          conflict={conflict}
          onOverwrite={conflict.overwrite}
          onReload={() => {
            store.getState().run(() => ({ doc: conflict.theirs, select: [] }))
            conflict.take()
          }}
          onCopy={async () => {
            const name = t('editor:copyName', { name: doc.name })
            const copy = await saveAsCopy(doc, name)
            conflict.leave()
            toast.done(t('editor:copied', { name }))
            void navigate(`/journeys/${copy}/edit`)
          }}
        />
      )}
    </Page>
  )
}

/** What can be done, and what passes on the canvas. */
function useCommands(canvas: React.RefObject<HTMLDivElement | null>) {
  const store = useEditorStore()
  const flow = useReactFlow()
  const [ui] = useState(createCanvasUi)
  const commands = useMemo(
    () => new Commands(store, ui, flow, () => canvas.current?.getBoundingClientRect() ?? new DOMRect(0, 0, innerWidth, innerHeight)),
    [store, ui, flow, canvas],
  )
  // The Tab key goes to one tile and to one note: those that had the focus last, else the first.
  const doc = useDoc()
  useEffect(() => {
    const { stop = '', noteStop = '' } = ui.getState()
    if (!tileOf(doc, stop)) ui.setState({ stop: doc.tiles[0]?.id })
    if (!noteOf(doc, noteStop)) ui.setState({ noteStop: inReadingOrder(doc.notes)[0]?.id })
  }, [doc, ui])
  return { commands, ui }
}

function useActions(commands: Commands, ask: (asking: Asking) => void, readOnly: boolean): CanvasActions | undefined {
  const store = useEditorStore()
  return useMemo(() => {
    if (readOnly) return undefined
    const { run } = store.getState()
    const add = (from: PortRef, anchor: DOMRect): void => {
      const edge = store.getState().history.present.doc.edges.find((each) => each.from === from.tileId && each.port === from.port)
      const place: Place = edge ? { edge: edge.id } : { port: from }
      ask({ kind: 'add', place, anchor })
    }
    return {
      onMove: (places) => void run((doc) => move(doc, places)),
      onConnect: (from, to) => void run((doc) => connect(doc, from, to)),
      onConnectToNothing: (from, { x, y }) => ask({ kind: 'add', place: { port: from }, anchor: new DOMRect(x, y, 0, 0) }),
      onDropOnEdge: (edgeId, tileId, places) => {
        run((doc) => {
          const moved = move(doc, places)
          if ('refused' in moved) return moved
          const split = moveOnEdge(moved.doc, edgeId, tileId)
          // A tile that hangs together with others is just moved over the edge.
          return 'refused' in split ? moved : split
        })
      },
      onAdd: add,
      onWriteNote: (id, text) => void run((doc) => writeNote(doc, id, text), `note:${id}`),
      onResizeNote: (id, size) => void run((doc) => resizeNote(doc, id, size)),
    }
  }, [store, ask, readOnly, commands])
}

/** Lets the search of the top bar find tiles and notes, and add a note; told anew only when a name changed. */
function useSearchable({ tiles, notes }: Doc, commands: Commands, readOnly: boolean): void {
  const { t } = useTranslation()
  const named = JSON.stringify([
    ...tiles.map((tile) => [tile.id, labelOf(tile), t('editor:findTile')]),
    ...notes.map((note) => [note.id, noteWords(note, { t }), t('editor:findNote')]),
  ])
  const items = useMemo(() => {
    const found = (JSON.parse(named) as [string, string, string][]).map(([id, label, group]) => ({ id, label, group, run: () => commands.go(id) })) // prettier-ignore
    const add = { id: 'note', label: t('editor:command.note'), group: t('editor:palette.group.people'), icon: IconNote, shortcut: shown('shift+n'), run: () => commands.addNote() } // prettier-ignore
    return readOnly ? found : [...found, add]
  }, [named, commands, readOnly, t])
  usePaletteItems('editor', items)
}

/** Says why something was refused. */
function useRefusals(say: Parameters<typeof refusalWords>[1]): void {
  const refusal = useEditor((editor) => editor.refusal)
  useEffect(() => {
    if (refusal) toast.info(refusalWords(refusal, say))
  }, [refusal, say])
}

/** Says that something was found that had not been saved. */
function useRestored({ restored }: Start): void {
  const { t } = useTranslation()
  useEffect(() => {
    if (restored === undefined) return
    toast.info(t('editor:restored'), { detail: t('editor:restoredText', { when: new Date(restored).toLocaleString() }) })
  }, [restored, t])
}
