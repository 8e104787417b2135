import { createHash } from 'node:crypto';
import type { Service } from '../service.ts';
import { type HistoryEvent, HistoryEventMessage, NAMESPACE } from '../wire.ts';

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

/** Everything that the server holds. */
export async function readAllRuns(service: Service): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  for (const run of await listRuns(service)) {
    records.push({ ...run, history: await readHistory(service, run.workflowId, run.runId) });
  }
  return records;
}

/** A digest of each event, for the comparison of what was read at different times. */
export function digests(history: readonly HistoryEvent[]): string[] {
  return history.map((event) => createHash('sha1').update(HistoryEventMessage.encode(event).finish()).digest('base64'));
}
