import { Readable } from 'node:stream'
import type { IncomingMessage } from 'node:http'
import { TileworkError } from '../model/errors.js'
import { MAX_CSV_BYTES, readCustomerCsv } from './customer-csv.js'
import { MAX_ROWS, type CustomerIds } from './customer-ids.js'

function request(chunks: Iterable<Buffer | string>): IncomingMessage {
  return Object.assign(Readable.from(chunks, { objectMode: false }), { headers: {}, complete: true }) as unknown as IncomingMessage
}

async function read(text: string | Buffer): Promise<CustomerIds> {
  return (await readCustomerCsv(request([Buffer.from(text)]))).value
}

async function failure(work: Promise<unknown>): Promise<TileworkError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof TileworkError) return error
  throw new Error('not refused', { cause: error })
}

it.each([
  ['customerId\nada\nbob\n'],
  ['id\r\nada\r\nbob\r\n'],
  ['\uFEFFcustomerId\nada\nbob'],
  ['ada\nbob\n'],
  ['"customerId"\n"ada"\n bob \n'],
  ['ada\n\n\nbob\n\n'],
  ['ada\nbob\nada\nbob\n'],
])('reads %j as ada and bob', async (text) => {
  expect(await read(text)).toEqual({ ids: ['ada', 'bob'], invalid: [] })
})

it('lists bad rows by their number in a spreadsheet, and the good ones enter', async () => {
  const long = 'x'.repeat(256)
  const { ids, invalid } = await read(`customerId\nada\n"",\n${long}\nbob,Bob\n\nc\u0007\ncy\n`)
  expect(ids).toEqual(['ada', 'cy'])
  expect(invalid.map(({ row }) => row)).toEqual([4, 5, 7])
  expect(invalid[1]).toEqual({ row: 5, value: 'bob,Bob', message: 'The row has 2 columns; only the customer id is expected.' })
})

it('lists a row that is not UTF-8', async () => {
  const { ids, invalid } = await read(Buffer.concat([Buffer.from('ada\nj'), Buffer.from([0xf6]), Buffer.from('rg\nbob\n')]))
  expect(ids).toEqual(['ada', 'bob'])
  expect(invalid).toEqual([expect.objectContaining({ row: 2, message: expect.stringContaining('UTF-8') })])
})

it('keeps what stands before a quote that is never closed', async () => {
  const { ids, invalid } = await read('customerId\nada\nbob\n"cy\ndan\n')
  expect(ids).toEqual(['ada', 'bob'])
  expect(invalid).toEqual([{ row: 4, value: '', message: expect.stringContaining('never closed') }])
})

it('does not gather a file whose quote is never closed', async () => {
  const { ids, invalid } = await read(`ada\n"${'bob\n'.repeat(50_000)}`)
  expect(ids).toEqual(['ada'])
  expect(invalid).toEqual([{ row: 2, value: '', message: expect.stringContaining('4096') }])
})

it('puts together what arrives in pieces', async () => {
  const bytes = Buffer.from('customerId\nadä\nbob\n')
  const { value } = await readCustomerCsv(request(Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))))
  expect(value.ids).toEqual(['adä', 'bob'])
})

it('refuses columns that it does not read, by name', async () => {
  expect((await failure(read('customerId,name,plan\nada,Ada,pro\n'))).message).toMatch(/"name", "plan" are not read/)
  expect((await failure(read('a,b\n'))).message).toMatch(/"a", "b" do not name the customer id/)
  expect((await failure(read('id,customerId\n'))).message).toMatch(/both name/)
})

it('refuses an empty file', async () => {
  expect((await failure(read(''))).code).toBe('invalid')
  expect((await failure(read('customerId\n'))).code).toBe('invalid')
})

it('refuses too many rows and too many bytes, naming the limit', async () => {
  const rows = await failure(read('a\n'.repeat(MAX_ROWS + 1)))
  expect([rows.code, rows.message]).toEqual(['too_large', expect.stringContaining('100,000')])
  const row = `${'y'.repeat(1023)}\n`
  const bytes = await failure(readCustomerCsv(request(Array.from({ length: MAX_CSV_BYTES / 1024 + 1 }, () => row))))
  expect([bytes.code, bytes.message]).toEqual(['too_large', expect.stringContaining('8 MB')])
})

it('tells two files apart by their hash', async () => {
  const hashes = await Promise.all(['a\n', 'a\n', 'b\n'].map(async (text) => (await readCustomerCsv(request([text]))).hash))
  expect(hashes[0]).toBe(hashes[1])
  expect(hashes[0]).not.toBe(hashes[2])
})
