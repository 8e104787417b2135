import { createHash } from 'node:crypto';
import type { Service } from '../service.ts';
import { EventType, type HistoryEvent, HistoryEventMessage, NAMESPACE, typeName } from '../wire.ts';

/** One run as the server lists it, with its whole history. */
export interface RunRecord {
  readonly workflowId: string;
  readonly runId: string;
  /** As visibility has it: WorkflowExecutionStatus. */
  readonly status: number;
  readonly history: readonly HistoryEvent[];
}

const PAGE_SIZE = 500;

/** Every run that the server lists for a query (all of them where it is empty), each once. */
export async function listRuns(service: Service, query = ''): Promise<Omit<RunRecord, 'history'>[]> {
  const runs: Omit<RunRecord, 'history'>[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const request = { namespace: NAMESPACE, query, pageSize: PAGE_SIZE, nextPageToken };
    const page = await service.demand((calls) => calls.listWorkflowExecutions(request));
    for (const { execution, status } of page.executions) {
      runs.push({ workflowId: execution?.workflowId ?? '', runId: execution?.runId ?? '', status: status ?? 0 });
    }
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  return runs;
}

/** The whole history of a run. */
export async function readHistory(service: Service, workflowId: string, runId: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const request = { namespace: NAMESPACE, execution: { workflowId, runId }, nextPageToken };
    const page = await service.demand((calls) => calls.getWorkflowExecutionHistory(request));
    events.push(...(page.history?.events ?? []));
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  return events;
}

/**
 * What of a history will not change. A workflow task that is tried again is shown at the end of an open run's history,
 * but is not recorded before it has ended: something may come before it, and another attempt may take its place.
 */
export function recorded(history: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const at = history.findLastIndex((event) => event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
  const attempt = history[at]?.workflowTaskScheduledEventAttributes?.attempt ?? 1;
  const isShownOnly = attempt > 1 && history.slice(at + 1).every(isStartOfWorkflowTask);
  return isShownOnly ? history.slice(0, at) : history;
}

function isStartOfWorkflowTask({ eventType }: HistoryEvent): boolean {
  return eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED;
}

/** Everything that the server holds. */
export async function readAllRuns(service: Service): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  for (const run of await listRuns(service)) {
    records.push({ ...run, history: await readHistory(service, run.workflowId, run.runId) });
  }
  return records;
}

/** Each event in short, for the comparison of what was read at different times: its type and a digest of all of it. */
export function digests(history: readonly HistoryEvent[]): string[] {
  return history.map((event) => {
    const digest = createHash('sha1').update(HistoryEventMessage.encode(event).finish()).digest('base64');
    return `${typeName(event)} ${digest.slice(0, 8)}`;
  });
}
