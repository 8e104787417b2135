import { isOpen, isRejection, reject, transientEvents, type Rejection, type Run } from '@perdure/core';
import { encodeHistoryEvent } from '@perdure/proto';
import { EncodingType, HistoryEventFilterType } from '@perdure/proto/enums';
import type { WorkflowKey } from '@perdure/core';
import { fromTheEnd } from '../engine/history-reader.ts';
import type { LoadedRun } from '../engine/loaded-run.ts';
import { followable } from './close-event.ts';
import type { CallContext, Reply } from './handler.ts';
import { notFound, pageSize, pageToken, sourceOf, whileThere, type PagedRun } from './history-pages.ts';
import { longPoll } from './long-poll.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import type { HistoryToken } from './tokens.ts';
import { enumRefusal, executionIds, type ExecutionIds } from './validate-fields.ts';

export const histories: WorkflowMethods = {
  GetWorkflowExecutionHistory: within(NamespaceUse.Any, (scope, request, context) =>
    whileThere(request.execution, async () =>
      rawIfWanted(scope, await getWorkflowExecutionHistory(scope, request, context)),
    ),
  ),
  GetWorkflowExecutionHistoryReverse: within(NamespaceUse.Any, (scope, request) =>
    whileThere(request.execution, () => getWorkflowExecutionHistoryReverse(scope, request)),
  ),
};

type HistoryRequest = RequestOf<'GetWorkflowExecutionHistory'>;
type HistoryReply = Reply<ReplyOf<'GetWorkflowExecutionHistory'>>;

/** A history as it stands: what of it is durable. */
interface HistoryState extends PagedRun {
  readonly loaded: LoadedRun;
}

/** How far a run has come. */
type Progress = Pick<HistoryState, 'endEventId' | 'open'>;

function progressOf(run: Run): Progress {
  return { endEventId: run.nextEventId, open: isOpen(run) };
}

/** Each part of the history as a `History` of its own, where the namespace has it so: its client decodes them. */
function rawIfWanted({ config, namespace }: Scope, reply: HistoryReply): HistoryReply {
  if (isRejection(reply) || !config.get('frontend.sendRawWorkflowHistory', { namespace: namespace.name })) return reply;
  const slices = reply.history?.slices ?? [];
  const rawHistory = slices.map((data) => ({ encodingType: EncodingType.Proto3, data }));
  return { message: { ...reply.message, history: {}, rawHistory } };
}

/** Temporal: service/history/api/getworkflowexecutionhistory/api.go. */
async function getWorkflowExecutionHistory(
  scope: Scope,
  request: HistoryRequest,
  context: CallContext,
): Promise<HistoryReply> {
  const start = readStart(scope, request, false);
  if (isRejection(start)) return start;
  const filter = request.historyEventFilterType;
  const refusal = enumRefusal('HistoryEventFilterType', HistoryEventFilterType, filter);
  if (refusal !== undefined) return refusal;
  const { token } = start;
  const waits = request.waitNewEvent === true;
  if (filter === HistoryEventFilterType.CloseEvent) return closeEvent(scope, request, start, context);
  if (token === undefined) {
    const state = await readState(scope, start.ids);
    return isRejection(state) ? state : page(scope, request, context, state, 1);
  }
  if (token.eventId < token.endEventId) return laterPage(scope, request, context, token);
  const isNews = ({ endEventId, open }: Progress): boolean => endEventId > token.endEventId || !open;
  const state = await waitFor(scope, start.ids, waits && token.open, isNews, context);
  if (isRejection(state)) return state;
  return page(scope, request, context, state, token.eventId);
}

interface Start {
  readonly ids: ExecutionIds;
  readonly token: HistoryToken | undefined;
}

/** Which run is meant, by the request and its token. */
function readStart(
  { tokens, namespace }: Scope,
  { execution, nextPageToken }: Pick<HistoryRequest, 'execution' | 'nextPageToken'>,
  reverse: boolean,
): Start | Rejection {
  const ids = executionIds(execution);
  if (isRejection(ids)) return ids;
  if (nextPageToken === undefined || nextPageToken.length === 0) return { ids, token: undefined };
  const token = tokens.readHistory(nextPageToken);
  const fits = token?.namespaceId === namespace.id && token.workflowId === ids.workflowId && token.reverse === reverse;
  if (!fits) return reject.invalidArgument('Invalid NextPageToken.');
  if (ids.runId !== '' && ids.runId !== token.runId) {
    return reject.invalidArgument('RunId in the request does not match the NextPageToken.');
  }
  return { ids: { workflowId: ids.workflowId, runId: token.runId }, token };
}

function keyOf({ namespace }: Scope, { workflowId }: ExecutionIds): WorkflowKey {
  return { namespaceId: namespace.id, workflowId };
}

/** Reads how far the history of a run goes. */
async function readState(scope: Scope, ids: ExecutionIds): Promise<HistoryState | Rejection> {
  const seen = await scope.engine.read(keyOf(scope, ids), ids.runId, (loaded) =>
    loaded === undefined ? notFound(ids) : { loaded, ...progressOf(loaded.run) },
  );
  if (isRejection(seen)) return seen;
  const { loaded } = seen;
  const { runId } = loaded.identity;
  return { ...seen, source: sourceOf(scope, loaded), workflowId: ids.workflowId, runId };
}

/** The state of a run, where wanted once it is as `isAwaited` says; else as it is when the time is up. */
async function waitFor(
  scope: Scope,
  ids: ExecutionIds,
  waits: boolean,
  isAwaited: (progress: Progress) => boolean,
  context: CallContext,
): Promise<HistoryState | Rejection> {
  const first = await readState(scope, ids);
  if (isRejection(first) || !waits || isAwaited(first)) return first;
  const { workflowId, runId } = first;
  const waitMs = scope.config.get('history.longPollExpirationInterval', { namespace: scope.namespace.name });
  return longPoll(scope.host, context, waitMs, async (signal) => {
    for (;;) {
      // Asked for before the read, so that no change falls between.
      const change = scope.engine.historyChange(runId, signal, (run) => isAwaited(progressOf(run)));
      const state = await readState(scope, { workflowId, runId });
      if (isRejection(state) || isAwaited(state) || signal.aborted) return state;
      await change;
    }
  });
}

/** A page that begins with that event, of the history as it stands. */
async function page(
  scope: Scope,
  request: HistoryRequest,
  context: CallContext,
  state: HistoryState,
  fromEventId: number,
): Promise<HistoryReply> {
  const { source, endEventId } = state;
  const from = await scope.history.find(source, fromEventId);
  const { slices, next } = await scope.history.forward(
    source,
    from,
    endEventId,
    pageSize(scope, request.maximumPageSize),
  );
  if (next !== undefined) {
    return { message: { nextPageToken: pageToken(scope, state, next) }, history: { slices } };
  }
  return withUnrecorded(scope, request, context, state, slices);
}

/** The token of a call that waits for what comes after the last event; undefined where none is to come. */
function waitToken(scope: Scope, { waitNewEvent }: HistoryRequest, paged: PagedRun): Uint8Array | undefined {
  if (waitNewEvent !== true || !paged.open) return undefined;
  return pageToken(scope, paged, { eventId: paged.endEventId, sequence: 0 });
}

/** A page after the first: its bounds and its place are in the token, so that the run need not be in memory. */
async function laterPage(
  scope: Scope,
  request: HistoryRequest,
  context: CallContext,
  token: HistoryToken,
): Promise<HistoryReply> {
  const paged = pagedBy(scope, token);
  const { source, workflowId, runId, endEventId, open } = paged;
  const { slices, next } = await scope.history.forward(
    source,
    token,
    endEventId,
    pageSize(scope, request.maximumPageSize),
  );
  if (next !== undefined) {
    return { message: { nextPageToken: pageToken(scope, paged, next) }, history: { slices } };
  }
  if (!open) return { message: {}, history: { slices } };
  const state = await readState(scope, { workflowId, runId });
  if (isRejection(state)) return { message: { nextPageToken: waitToken(scope, request, paged) }, history: { slices } };
  if (state.endEventId > endEventId) return continued(scope, request, context, { slices, endEventId, state });
  return withUnrecorded(scope, request, context, state, slices);
}

/** Pages that end where the history now goes on: all that was written meanwhile follows. */
async function continued(
  scope: Scope,
  request: HistoryRequest,
  context: CallContext,
  so: { readonly slices: readonly Uint8Array[]; readonly endEventId: number; readonly state: HistoryState },
): Promise<HistoryReply> {
  const more = await page(scope, request, context, so.state, so.endEventId);
  if (isRejection(more)) return more;
  return { message: more.message, history: { slices: [...so.slices, ...(more.history?.slices ?? [])] } };
}

/** Clients that show histories to people; they do not expect events that are not recorded. */
const VIEWERS: ReadonlySet<string | undefined> = new Set(['temporal-cli', 'temporal-ui']);

/**
 * The end of a history: at last the events of a workflow task that has none on record. Between two pages that task may
 * have gone on record, so that its worker would miss its events: then they follow. Temporal:
 * getworkflowexecutionhistory/api.go, fetchGapEvents.
 */
async function withUnrecorded(
  scope: Scope,
  request: HistoryRequest,
  context: CallContext,
  state: HistoryState,
  slices: readonly Uint8Array[],
): Promise<HistoryReply> {
  const { endEventId } = state;
  const end = { message: { nextPageToken: waitToken(scope, request, state) }, history: { slices } };
  if (!state.open || state.loaded.run.task.phase === 'none') return end;
  if (VIEWERS.has(context.headers.get('client-name'))) return end;
  const now = await readState(scope, state);
  if (isRejection(now)) return end;
  if (now.endEventId > endEventId) return continued(scope, request, context, { slices, endEventId, state: now });
  const { run } = now.loaded;
  if (!now.open || run.task.scheduledEventId !== endEventId) return end;
  const unrecorded = transientEvents(run).map(encodeHistoryEvent);
  return { ...end, history: { slices: [...slices, ...unrecorded] } };
}

/** The last event, once the run has closed; until then nothing. */
async function closeEvent(
  scope: Scope,
  request: HistoryRequest,
  { ids }: Start,
  context: CallContext,
): Promise<HistoryReply> {
  const state = await waitFor(scope, ids, request.waitNewEvent === true, ({ open }) => !open, context);
  if (isRejection(state)) return state;
  const { source, endEventId, open } = state;
  if (!open) {
    const last = await scope.history.last(source, endEventId);
    return { message: {}, history: { slices: [followable(last, context)] } };
  }
  return { message: { nextPageToken: waitToken(scope, request, state) }, history: { slices: [] } };
}

/** Temporal: service/history/api/getworkflowexecutionhistoryreverse/api.go. */
async function getWorkflowExecutionHistoryReverse(
  scope: Scope,
  request: RequestOf<'GetWorkflowExecutionHistoryReverse'>,
): Promise<Reply<ReplyOf<'GetWorkflowExecutionHistoryReverse'>>> {
  const start = readStart(scope, request, true);
  if (isRejection(start)) return start;
  const paged = start.token === undefined ? await readState(scope, start.ids) : pagedBy(scope, start.token);
  if (isRejection(paged)) return paged;
  const from = start.token ?? fromTheEnd(paged.endEventId);
  const { slices, next } = await scope.history.backward(paged.source, from, pageSize(scope, request.maximumPageSize));
  const nextPageToken = next && pageToken(scope, paged, next, true);
  return { message: { nextPageToken }, history: { slices } };
}

function pagedBy(scope: Scope, token: HistoryToken): PagedRun {
  const { workflowId, runId, endEventId, open } = token;
  const shard = scope.engine.shardIdOf(keyOf(scope, token));
  return { source: { shard, run: token.run, recent: [] }, workflowId, runId, endEventId, open };
}
