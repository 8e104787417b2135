import {
  isCarriedOver,
  planReset,
  present,
  Replay,
  type AggregateView,
  type PastEvent,
  type ResetInput,
  type ResetPast,
  type Run,
} from '@perdure/core';
import { decodeHistory, splitHistory } from '@perdure/proto';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import type { Store } from '@perdure/storage';
import type { Host } from '../host/host.ts';
import { HistoryReader, type PageSize } from './history-reader.ts';
import type { Aggregate } from './aggregate.ts';
import { isWorkflowRun } from './kinds.ts';
import type { LoadedRun } from './loaded-run.ts';

/** How much is read and taken in at a time; between two pages the event loop is free for others. */
const PAGE: PageSize = { rowsMax: 1_000, bytesMax: 256 * 1024 };

/** Reads what a reset has to know of the past: histories of any length, page by page. */
export class PastReader {
  readonly #host: Host;
  readonly #shard: number;
  readonly #reader: HistoryReader;

  constructor(host: Host, store: Store, shard: number) {
    this.#host = host;
    this.#shard = shard;
    this.#reader = new HistoryReader(store);
  }

  /**
   * The input of a reset, with the past if it needs one. `find` gives a run of the workflow, undefined where it is gone.
   * All of them must be durable and stand still.
   */
  async prepare(
    aggregate: Aggregate,
    request: Omit<ResetInput, 'kind' | 'past'>,
    find: (runId: string) => Promise<LoadedRun | undefined>,
  ): Promise<ResetInput> {
    const input: ResetInput = { kind: 'reset', ...request, past: undefined };
    const base = aggregate.get(request.runId);
    const { namespaceId, id: workflowId, current, others } = aggregate as AggregateView<Run>;
    const plan = planReset({ namespaceId, workflowId, current, others }, input);
    if (base === undefined || !isWorkflowRun(base) || !('base' in plan)) return input;
    // What has become of children may have been told to the runs that it comes of.
    for (const { runId } of base.run.lifecycle.origin?.ancestors ?? []) await find(runId);
    return { ...input, past: await this.#read(base, input, find) };
  }

  async #read(
    base: LoadedRun,
    input: ResetInput,
    find: (runId: string) => Promise<LoadedRun | undefined>,
  ): Promise<ResetPast> {
    const { namespaceId, workflowId } = base.run;
    const replay = new Replay({ namespaceId, workflowId, runId: this.#host.uuid() });
    const rows: ResetPast['rows'][number][] = [];
    for await (const slice of this.#slices(base, 1, input.finishEventId)) {
      rows.push({ firstEventId: replay.run.nextEventId, events: slice });
      for (const { event, bytes } of eventsOf(slice)) replay.add(event, bytes);
    }
    const since: PastEvent[] = [];
    let next: HistoryEvent | undefined;
    for await (const slice of this.#slices(base, input.finishEventId, base.run.nextEventId)) {
      for (const { event } of eventsOf(slice)) {
        next ??= event;
        keep(since, { event, own: true }, input);
      }
    }
    const lastRunId = await this.#readContinuations(base, input, find, since);
    return { replay, next: present(next, 'the event at the point is in the history'), rows, since, lastRunId };
  }

  /** Reads the runs that continued the run as new; returns the last of them. */
  async #readContinuations(
    base: LoadedRun,
    input: ResetInput,
    find: (runId: string) => Promise<LoadedRun | undefined>,
    since: PastEvent[],
  ): Promise<string> {
    let last = base;
    for (let runId = continuation(last.run); runId !== undefined; runId = continuation(last.run)) {
      const following = await find(runId);
      if (following === undefined) break;
      last = following;
      for await (const slice of this.#slices(last, 1, last.run.nextEventId)) {
        for (const { event } of eventsOf(slice)) keep(since, { event, own: false }, input);
      }
    }
    return last.run.runId;
  }

  async *#slices(loaded: LoadedRun, fromEventId: number, endEventId: number): AsyncGenerator<Uint8Array> {
    const source = { shard: this.#shard, run: loaded.key, recent: [...loaded.recent] };
    let at = await this.#reader.find(source, fromEventId);
    for (;;) {
      const { slices, next } = await this.#reader.forward(source, at, endEventId, PAGE);
      yield* slices;
      if (next === undefined) return;
      at = next;
      await new Promise<void>((resolve) => this.#host.defer(resolve));
    }
  }
}

function keep(since: PastEvent[], past: PastEvent, { excluded }: ResetInput): void {
  if (isCarriedOver(past, excluded)) since.push(past);
}

function continuation({ lifecycle }: Run): string | undefined {
  return lifecycle.status === WorkflowExecutionStatus.ContinuedAsNew ? lifecycle.newRunId : undefined;
}

function* eventsOf(slice: Uint8Array): Generator<{ readonly event: HistoryEvent; readonly bytes: Uint8Array }> {
  const places = splitHistory(slice);
  for (const [index, event] of (decodeHistory([slice]).events ?? []).entries()) {
    const { start, end } = present(places[index], 'each event has its place');
    yield { event, bytes: slice.subarray(start, end) };
  }
}
