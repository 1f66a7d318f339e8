import type { Db } from './db.js'

/** What a destination failed with. */
export interface CircuitError {
  code: string
  message: string
}

/** How long a circuit stays open before one send tries, in ms: twice as long after each try that fails, up to the longest. */
export interface ProbeTimes {
  firstMs: number
  longestMs: number
}

/** Opens the circuit of a destination, unless it is open. */
export async function openCircuit(db: Db, destinationId: string, { code, message }: CircuitError, { firstMs }: ProbeTimes): Promise<void> {
  await db.query(
    `insert into destination_circuit (destination_id, probe_at, error_code, error_message)
     select id, clock_timestamp() + $2::float8 * interval '1 ms', $3, $4 from destination where id = $1 on conflict do nothing`,
    [destinationId, firstMs, code, message],
  )
}

/** Lets a circuit wait longer for its next try: this one has failed. */
export async function keepOpen(
  db: Db,
  destinationId: string,
  { code, message }: CircuitError,
  { firstMs, longestMs }: ProbeTimes,
): Promise<void> {
  await db.query(
    `update destination_circuit set error_code = $4, error_message = $5, probes = probes + 1,
       probe_at = clock_timestamp() + least($3::float8, $2::float8 * 2 ^ least(probes + 1, 20)) * interval '1 ms'
     where destination_id = $1`,
    [destinationId, firstMs, longestMs, code, message],
  )
}

/**
 * Asks whether one may send through a destination whose circuit is open.
 * @param claimMs how long the one that may is waited for, in ms: then another tries
 * @returns ms until somebody tries; 0: the asker does; undefined when it is closed
 */
export async function probe(db: Db, destinationId: string, claimMs: number): Promise<number | undefined> {
  const row = await db.one<{ waitMs: number }>(
    `with mine as (
       update destination_circuit set probe_at = clock_timestamp() + $2::float8 * interval '1 ms'
       where destination_id = $1 and probe_at <= clock_timestamp() returning destination_id)
     select case when exists (select from mine) then 0
       else greatest(1, extract(epoch from probe_at - clock_timestamp())::float8 * 1000) end as "waitMs"
     from destination_circuit where destination_id = $1`,
    [destinationId, claimMs],
  )
  return row?.waitMs
}

/** Closes the circuit of a destination: it works, or its settings are others. */
export async function closeCircuit(db: Db, destinationId: string): Promise<void> {
  await db.query('delete from destination_circuit where destination_id = $1', [destinationId])
}
