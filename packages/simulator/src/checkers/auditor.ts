import { describeBatch, describeCallbacks, isOpen, isRejection } from '@perdure/core';
import { UpdateWorkflowExecutionLifecycleStage } from '@perdure/proto/enums';
import type { HistoryEvent, WorkflowExecutionInfo } from '@perdure/proto/types';
import { hold } from '../kernel/violation.ts';
import type { Outcome } from '../network/network.ts';
import { Actor, type Stage } from '../workload/actor.ts';
import type { DurableLog } from './durable-log.ts';
import { expectedVisibility, nameOf, type RunRecord } from './run-record.ts';
import { difference } from './same-state.ts';
import { attributesOf, dataOf, memoOf } from './upserts.ts';

const AWAIT_COMPLETION = { lifecycleStage: UpdateWorkflowExecutionLifecycleStage.Completed } as const;

/** A client that looks at everything when all is over: what the server says is what is durable. */
export class Auditor extends Actor {
  readonly #log: DurableLog;
  readonly #namespaceNames: ReadonlyMap<string, string>;

  constructor(stage: Stage, log: DurableLog, namespaceIds: ReadonlyMap<string, string>) {
    super(stage, 'auditor');
    this.#log = log;
    this.#namespaceNames = new Map(Array.from(namespaceIds, ([name, id]) => [id, name]));
  }

  async audit(): Promise<void> {
    for (const record of this.#log.runs) {
      try {
        await this.#checkDescription(record);
        await this.#checkHistory(record);
        await this.#checkUpdates(record);
      } catch (error) {
        if (!(error instanceof Gone)) throw error;
      }
    }
    for (const record of this.#log.allRuns) {
      const isReachable = this.#namespaceNames.has(record.identity.namespaceId);
      if (record.removal !== undefined && isReachable) await this.#checkGone(record);
    }
    for (const [id, name] of this.#namespaceNames) {
      await this.#checkLists(id, name);
      await this.#checkOthers(id, name);
    }
  }

  /** What was removed is not found. */
  async #checkGone(record: RunRecord): Promise<void> {
    const outcome = await this.persist('DescribeWorkflowExecution', this.#target(record));
    const gone = isRejection(outcome) && outcome.detail?.type === 'NotFoundFailure';
    hold(gone, 38, () => `${nameOf(record)} was removed and is described: ${JSON.stringify(outcome)}`);
  }

  /** No schedule is left; every batch operation is told of as it is. */
  async #checkOthers(namespaceId: string, namespace: string): Promise<void> {
    const schedules = await this.persist('ListSchedules', { namespace });
    const listed = schedules.kind === 'reply' ? (schedules.message.schedules ?? []) : undefined;
    hold(listed?.length === 0, 32, () => `schedules are listed that have ended: ${JSON.stringify(schedules)}`);
    for (const job of this.#log.aggregates.jobs) {
      const { identity, shadow } = job;
      if (identity.namespaceId !== namespaceId || job.removal !== undefined) continue;
      const outcome = await this.persist('DescribeBatchOperation', { namespace, jobId: identity.id });
      // Its retention has ended while it was looked at.
      if (outcome.kind !== 'reply' && job.removal !== undefined) continue;
      hold(outcome.kind === 'reply', 1, () => `job ${identity.id} is durable and is not found`);
      const found = difference(outcome.message, describeBatch(shadow));
      hold(found === undefined, 1, () => `job ${identity.id} is described otherwise than it is: ${found}`);
    }
  }

  #target({ identity }: RunRecord) {
    const execution = { workflowId: identity.id, runId: identity.runId };
    return { namespace: this.#namespaceNames.get(identity.namespaceId) ?? '', execution };
  }

  async #checkDescription(record: RunRecord): Promise<void> {
    const { workflowExecutionInfo: info, callbacks } = said(
      record,
      await this.persist('DescribeWorkflowExecution', this.#target(record)),
    );
    const other = difference(callbacks ?? [], describeCallbacks(record.shadow));
    hold(other === undefined, 40, () => `${nameOf(record)}: its callbacks are described otherwise: ${other}`);
    const { lifecycle } = record.shadow;
    const told = {
      status: info?.status,
      length: info?.historyLength,
      type: info?.type?.name,
      run: info?.execution?.runId,
    };
    const { identity, events } = record;
    checkUpserts(record, info);
    const type = lifecycle.start.workflowType?.name;
    const found = difference(told, { status: lifecycle.status, length: events.length, type, run: identity.runId });
    hold(found === undefined, 1, () => `${nameOf(record)} is described otherwise than it is: ${found}`);
  }

  /** Whoever asks for an update that the run has accepted is told what the history has of it. */
  async #checkUpdates(record: RunRecord): Promise<void> {
    const { namespace, execution: workflowExecution } = this.#target(record);
    for (const [updateId, { outcome }] of record.updates) {
      const request = { namespace, updateRef: { workflowExecution, updateId }, waitPolicy: AWAIT_COMPLETION };
      const told = said(record, await this.persist('PollWorkflowExecutionUpdate', request));
      const isTold = told.stage === UpdateWorkflowExecutionLifecycleStage.Completed && told.outcome !== undefined;
      hold(isTold, 18, () => `${nameOf(record)}: update ${updateId} is lost: ${JSON.stringify(told)}`);
      const found = outcome === undefined ? undefined : difference(told.outcome, outcome);
      hold(found === undefined, 18, () => `${nameOf(record)}: update ${updateId} has another outcome: ${found}`);
    }
  }

  async #checkHistory(record: RunRecord): Promise<void> {
    const events: HistoryEvent[] = [];
    let nextPageToken: Uint8Array = new Uint8Array(0);
    do {
      const request = { ...this.#target(record), nextPageToken };
      const { history, nextPageToken: next } = said(record, await this.persist('GetWorkflowExecutionHistory', request));
      events.push(...(history?.events ?? []));
      nextPageToken = next ?? new Uint8Array(0);
    } while (nextPageToken.length > 0);
    const found = difference(events, record.events);
    hold(found === undefined, 5, () => `${nameOf(record)}: its history is read otherwise than it is stored: ${found}`);
  }

  /** Every run is in the list once, as it is. */
  async #checkLists(namespaceId: string, namespace: string): Promise<void> {
    let removals = -1;
    let listed = new Map<string, WorkflowExecutionInfo>();
    // What is removed while the pages are read may be in one of them.
    while (removals !== this.#log.removals) {
      ({ removals } = this.#log);
      listed = await this.#list(namespace);
    }
    const runs = [...this.#log.runs].filter(({ identity }) => identity.namespaceId === namespaceId);
    hold(listed.size === runs.length, 32, () => `${listed.size} runs are listed, there are ${runs.length}`);
    for (const record of runs) checkListed(record, listed.get(record.identity.runId));
  }

  async #list(namespace: string): Promise<Map<string, WorkflowExecutionInfo>> {
    const listed = new Map<string, WorkflowExecutionInfo>();
    let nextPageToken: Uint8Array = new Uint8Array(0);
    do {
      const outcome = await this.persist('ListWorkflowExecutions', { namespace, nextPageToken });
      hold(outcome.kind === 'reply', 32, () => `the list of ${namespace} cannot be had`);
      for (const info of outcome.message.executions ?? []) {
        const { runId = '' } = info.execution ?? {};
        hold(!listed.has(runId), 32, () => `run ${runId} is listed twice`);
        listed.set(runId, info);
      }
      nextPageToken = outcome.message.nextPageToken ?? new Uint8Array(0);
    } while (nextPageToken.length > 0);
    return listed;
  }
}

/** What is described is what the run began with and what it has upserted. */
function checkUpserts({ identity, events }: RunRecord, info: WorkflowExecutionInfo | undefined): void {
  const memo = difference(dataOf(info?.memo?.fields), dataOf(memoOf(events)));
  hold(memo === undefined, 32, () => `${identity.id}/${identity.runId}: another memo than was upserted: ${memo}`);
  const attributes = difference(dataOf(info?.searchAttributes?.indexedFields), dataOf(attributesOf(events)));
  const where = (): string => `${identity.id}/${identity.runId}: other search attributes than were upserted`;
  hold(attributes === undefined, 32, () => `${where()}: ${attributes}`);
}

function checkListed(record: RunRecord, info: WorkflowExecutionInfo | undefined): void {
  const { status, historyLength, runId } = expectedVisibility(record);
  const told = { status: info?.status, historyLength: info?.historyLength, runId: info?.execution?.runId };
  const found = difference(told, {
    status,
    historyLength: isOpen(record.shadow) ? told.historyLength : historyLength,
    runId,
  });
  hold(found === undefined, 32, () => `${nameOf(record)} is listed otherwise than it is: ${found}`);
}

/** The retention of a run has ended while it was looked at. */
class Gone extends Error {}

function said<Message>(record: RunRecord, outcome: Outcome<Message>): Message {
  if (outcome.kind !== 'reply' && record.removal !== undefined) throw new Gone();
  hold(outcome.kind === 'reply', 1, () => `${nameOf(record)} is durable and is not found: ${JSON.stringify(outcome)}`);
  return outcome.message;
}
