import { useMutation } from '@tanstack/react-query'
import type { ImportOf, RowError } from '../../../store/imports.js'
import { at, request } from './client.js'

export type { ImportOf }

/** A file to import, with the types of its columns (a CSV of customers only). */
export interface ImportFile {
  of: ImportOf
  file: File
  format: 'csv' | 'ndjson'
  types: Record<string, string>
}

/** Name to value, or to its type, to how many rows have it. */
export type Counted = Record<string, Record<string, number>>

/** What a dry run found. */
export interface ImportReport {
  valid: number
  invalid: number
  errors: RowError[]
  /** Of customers. */
  traits?: Counted
  /** Of the others, by column; of `at` whether it is given. */
  values?: Counted
}

function sendFile<T>({ of, file, format, types }: ImportFile, dryRun: boolean): Promise<T> {
  const told = Object.entries(types).map(([column, type]) => `${column}:${type}`)
  const query = { dryRun, types: told.length === 0 ? undefined : told.join(',') }
  const type = format === 'csv' ? 'text/csv' : 'application/x-ndjson'
  return request<T>('POST', at`/${of}/import`, { query, raw: { type, data: file } }).then(({ data }) => data)
}

/** Reads a file and tells what is in it; nothing is changed. */
export const useImportDryRun = () =>
  useMutation({ meta: { quiet: true }, mutationFn: (file: ImportFile) => sendFile<ImportReport>(file, true) })

/** Writes a file, by a job. */
export const useImport = () =>
  useMutation({
    meta: { quiet: true },
    mutationFn: (file: ImportFile) => sendFile<{ jobId: string; accepted: number; invalid: number }>(file, false),
  })
