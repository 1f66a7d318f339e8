/** What the page says, in one language. `{of}`: who sends; `{topic}`: a topic; `{channel}`: one of `channels`. */
export interface Words {
  lang: string
  title: string
  /** By channel: "emails from" … */
  channels: Record<string, string>
  about: string
  aboutTopic: string
  /** Everything by the channel is off. */
  off: string
  stopTopic: string
  stopChannel: string
  choices: string
  choicesHint: string
  wholeChannel: string
  save: string
  saved: string
  savedNothing: string
  undo: string
  gone: string
  goneWhy: string
}

const en: Words = {
  lang: 'en',
  title: 'Your subscriptions',
  channels: { email: 'emails', sms: 'text messages', whatsapp: 'WhatsApp messages', push: 'notifications', chat: 'messages' },
  about: 'You get {channel} from {of}.',
  aboutTopic: 'You get {channel} from {of} about “{topic}”.',
  off: 'You get no {channel} from {of}, except for what concerns something you did, such as a receipt.',
  stopTopic: 'Unsubscribe from “{topic}”',
  stopChannel: 'Unsubscribe from all {channel}',
  choices: 'Choose what you get',
  choicesHint: 'Topics count while {channel} are on.',
  wholeChannel: 'All {channel}',
  save: 'Save',
  saved: 'Saved. It holds from now on.',
  savedNothing: 'It was like this already.',
  undo: 'Undo',
  gone: 'This link does not work',
  goneWhy: 'It was not copied whole, or what it was about is gone. Open the link in the message once more.',
}

const es: Words = {
  lang: 'es',
  title: 'Tus suscripciones',
  channels: { email: 'correos', sms: 'SMS', whatsapp: 'mensajes de WhatsApp', push: 'notificaciones', chat: 'mensajes' },
  about: 'Recibes {channel} de {of}.',
  aboutTopic: 'Recibes {channel} de {of} sobre «{topic}».',
  off: 'No recibes {channel} de {of}, salvo los que se refieren a algo que has hecho, como un recibo.',
  stopTopic: 'Darme de baja de «{topic}»',
  stopChannel: 'Darme de baja de: {channel} (todo)',
  choices: 'Elige lo que recibes',
  choicesHint: 'Los temas cuentan mientras el canal esté activo.',
  wholeChannel: 'Todo: {channel}',
  save: 'Guardar',
  saved: 'Guardado. Vale desde ahora.',
  savedNothing: 'Ya estaba así.',
  undo: 'Deshacer',
  gone: 'Este enlace no funciona',
  goneWhy: 'No se copió entero, o aquello a lo que se refería ya no existe. Abre otra vez el enlace del mensaje.',
}

const LANGUAGES: Record<string, Words> = { en, es }

/** The words for who asks in some languages, as `Accept-Language` puts it; English where we have none of them. */
export function wordsFor(acceptLanguage: string | undefined): Words {
  const asked = (acceptLanguage ?? '')
    .split(',')
    .map((each) => {
      const [tag = '', weight] = each.split(';q=')
      return { language: tag.trim().toLowerCase().split('-')[0]!, weight: weight === undefined ? 1 : Number(weight) }
    })
    .sort((a, b) => b.weight - a.weight)
    .find(({ language, weight }) => weight > 0 && Object.hasOwn(LANGUAGES, language))
  return LANGUAGES[asked?.language ?? 'en']!
}

/** A sentence with its blanks filled. */
export const say = (sentence: string, blanks: Record<string, string>): string =>
  sentence.replace(/\{(\w+)\}/g, (all, name: string) => blanks[name] ?? all)
