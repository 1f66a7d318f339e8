import { createContext } from 'react'

/** Whether the server has the document as it is on the page: what works from the draft on the server waits for it. */
export const SavedContext = createContext(true)
