import { splitHistory } from '@perdure/proto';
import type { HistoryRow, Store } from '@perdure/storage';

/** Where a history is: its run in the store, and the latest rows where the run is in memory. */
export interface HistorySource {
  readonly shard: number;
  /** The run's key within the shard. */
  readonly run: number;
  /** Without a gap up to the end of the history; empty where only the store has them. */
  readonly recent: readonly HistoryRow[];
}

/** An event, and a row that no event of interest lies before (reading backward: after). */
export interface HistoryPosition {
  readonly eventId: number;
  readonly sequence: number;
}

/** How much a page may hold. At least one row is given if there is one. */
export interface PageSize {
  /** As Temporal counts them: what was written together counts as one. */
  readonly rowsMax: number;
  readonly bytesMax: number;
}

export interface HistoryPage {
  /** Encoded histories, to be put one after the other. */
  readonly slices: readonly Uint8Array[];
  /** Where the next page begins; undefined at the end. */
  readonly next: HistoryPosition | undefined;
}

/** The first row of a run. */
const FIRST_SEQUENCE = 1;

/** Behind the last row of any run. */
const LAST_SEQUENCE = Number.MAX_SAFE_INTEGER;

/** Where reading backward begins that does not come from a page before. */
export function fromTheEnd(endEventId: number): HistoryPosition {
  return { eventId: endEventId - 1, sequence: LAST_SEQUENCE };
}

/** How many rows are read at a time to find the one that holds an event. */
const SEARCH_PAGE: PageSize = { rowsMax: 64, bytesMax: 256 * 1024 };

const ONE_ROW: PageSize = { rowsMax: 1, bytesMax: Number.MAX_SAFE_INTEGER };

/** The run has been removed while its history was read. */
export class HistoryGone extends Error {
  override readonly name = 'HistoryGone';
}

const NOTHING: HistoryPage = { slices: [], next: undefined };

/**
 * Pages of histories, as slices of the rows that hold them. Reads only what lies before the end that it is given, which
 * the caller knows to be durable.
 */
export class HistoryReader {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Where an event lies; for reading forward. */
  async find(source: HistorySource, eventId: number): Promise<HistoryPosition> {
    const [oldest] = source.recent;
    if (eventId === 1 || (oldest !== undefined && oldest.firstEventId <= eventId)) {
      return { eventId, sequence: FIRST_SEQUENCE };
    }
    for (let through = (oldest?.sequence ?? LAST_SEQUENCE) - 1; through >= FIRST_SEQUENCE;) {
      const rows = await this.#read(source, { from: FIRST_SEQUENCE, through }, true, SEARCH_PAGE);
      const found = rows.find((row) => row.firstEventId <= eventId);
      if (found !== undefined) return { eventId, sequence: found.sequence };
      through = (rows.at(-1)?.sequence ?? FIRST_SEQUENCE) - 1;
    }
    return { eventId, sequence: FIRST_SEQUENCE };
  }

  /** Events from a position up to, and without, `endEventId`. */
  async forward(
    source: HistorySource,
    from: HistoryPosition,
    endEventId: number,
    size: PageSize,
  ): Promise<HistoryPage> {
    if (from.eventId >= endEventId) return NOTHING;
    const slices: Uint8Array[] = [];
    let next = from;
    let bytesLeft = size.bytesMax;
    const rows = await this.#rowsFrom(source, from, size);
    for (const [index, row] of rows.entries()) {
      // All of its events come before: they need not be looked at.
      if ((rows[index + 1]?.firstEventId ?? Infinity) <= next.eventId) continue;
      if (slices.length >= size.rowsMax || bytesLeft <= 0) return { slices, next };
      const slice = sliceOf(row, { fromEventId: next.eventId, endEventId }, bytesLeft);
      if (slice === undefined) continue;
      if (slice.firstEventId !== next.eventId) return this.#missing(source, next.eventId);
      slices.push(slice.bytes);
      bytesLeft -= slice.bytes.length;
      next = { eventId: slice.lastEventId + 1, sequence: slice.isCut ? row.sequence : row.sequence + 1 };
      if (next.eventId >= endEventId) return { slices, next: undefined };
      if (slice.isCut) return { slices, next };
    }
    return slices.length > 0 ? { slices, next } : this.#missing(source, next.eventId);
  }

  /** Events from a position down to the first one, the latest first, each as a slice of its own. */
  async backward(source: HistorySource, from: HistoryPosition, size: PageSize): Promise<HistoryPage> {
    if (from.eventId < 1) return NOTHING;
    const slices: Uint8Array[] = [];
    let next = from;
    let bytesLeft = size.bytesMax;
    // The rows read first may all be newer than the events asked for.
    while (slices.length === 0) {
      const rows = await this.#read(source, { from: FIRST_SEQUENCE, through: next.sequence }, true, size);
      if (rows.length === 0) return this.#missing(source, next.eventId);
      for (const row of rows) {
        for (const { eventId, bytes } of eventsDown(row, next.eventId)) {
          if (bytesLeft <= 0) return { slices, next: { eventId, sequence: row.sequence } };
          slices.push(bytes);
          bytesLeft -= bytes.length;
        }
        next = { eventId: Math.min(next.eventId, row.firstEventId - 1), sequence: row.sequence - 1 };
      }
    }
    return { slices, next: next.eventId < 1 ? undefined : next };
  }

  /** The last event before `endEventId`. */
  async last(source: HistorySource, endEventId: number): Promise<Uint8Array> {
    const at = await this.find(source, endEventId - 1);
    const [slice, more] = (await this.forward(source, at, endEventId, ONE_ROW)).slices;
    return slice === undefined || more !== undefined ? this.#missing(source, endEventId - 1) : slice;
  }

  /** Rows that are not there are those of a run that is not there either, or lost. */
  async #missing({ shard, run }: HistorySource, eventId: number): Promise<never> {
    if ((await this.#store.loadRun(shard, { run })) === undefined) throw new HistoryGone();
    throw new Error(`the history has no event ${eventId}`);
  }

  #rowsFrom(source: HistorySource, from: HistoryPosition, size: PageSize): Promise<readonly HistoryRow[]> {
    const [oldest] = source.recent;
    if (oldest !== undefined && oldest.firstEventId <= from.eventId) return Promise.resolve(source.recent);
    return this.#read(source, { from: from.sequence, through: LAST_SEQUENCE }, false, size);
  }

  #read(
    { shard, run }: HistorySource,
    range: { readonly from: number; readonly through: number },
    descending: boolean,
    size: PageSize,
  ): Promise<readonly HistoryRow[]> {
    return this.#store.readHistory({
      shard,
      run,
      fromSequence: range.from,
      throughSequence: range.through,
      descending,
      ...size,
    });
  }
}

/** The events of a row up to an id, the latest first. */
function eventsDown(row: HistoryRow, fromEventId: number): { readonly eventId: number; readonly bytes: Uint8Array }[] {
  const events = splitHistory(row.events).filter(({ eventId }) => eventId <= fromEventId);
  return events.reverse().map(({ eventId, start, end }) => ({ eventId, bytes: row.events.subarray(start, end) }));
}

interface Slice {
  readonly bytes: Uint8Array;
  readonly firstEventId: number;
  readonly lastEventId: number;
  /** More of the row would have belonged to it, but for its size. */
  readonly isCut: boolean;
}

/**
 * The part of a row that lies within the bounds, the upper one excluded, up to the event that exceeds `bytesMax`;
 * undefined where none does. A commit may hold more of a run than a reply should.
 */
function sliceOf(
  row: HistoryRow,
  { fromEventId, endEventId }: { readonly fromEventId: number; readonly endEventId: number },
  bytesMax: number,
): Slice | undefined {
  if (row.firstEventId >= endEventId) return undefined;
  let [begin, through] = [0, 0];
  let [firstEventId, lastEventId] = [0, 0];
  let isCut = false;
  for (const { eventId, start, end } of splitHistory(row.events)) {
    if (eventId < fromEventId || eventId >= endEventId) continue;
    isCut = firstEventId > 0 && through - begin >= bytesMax;
    if (isCut) break;
    if (firstEventId === 0) [begin, firstEventId] = [start, eventId];
    [through, lastEventId] = [end, eventId];
  }
  if (firstEventId === 0) return undefined;
  return { bytes: row.events.subarray(begin, through), firstEventId, lastEventId, isCut };
}
