import { status } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import type { Journal, StartRecord } from '../journal.ts';
import { TASK_QUEUE, WORKFLOW_TASK_TIMEOUT_MS } from '../model/commands.ts';
import type { Program } from '../model/program.ts';
import type { Random } from '../seed.ts';
import type { Service, WorkflowService } from '../service.ts';
import { durationOf, NAMESPACE, payloadsOf, WorkflowIdReusePolicy } from '../wire.ts';

/** A client: it calls until it is answered, with the same request id, and writes down what it was told. */
export interface Caller {
  readonly service: Service;
  readonly journal: Journal;
  readonly random: Random;
}

type StartRequest = Parameters<WorkflowService['startWorkflowExecution']>[0];

function startRequest(workflowId: string, program: Program, requestId: string): StartRequest {
  return {
    namespace: NAMESPACE,
    workflowId,
    workflowType: { name: program.kind },
    taskQueue: { name: TASK_QUEUE },
    input: payloadsOf(program),
    workflowTaskTimeout: durationOf(WORKFLOW_TASK_TIMEOUT_MS),
    // An id is used once: a start that is repeated after its workflow has ended must not begin another.
    workflowIdReusePolicy: WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
    identity: 'model client',
    requestId,
  };
}

/** Starts a workflow of an id that nobody else uses. */
export async function startWorkflow(caller: Caller, workflowId: string, program: Program): Promise<StartRecord> {
  const record: StartRecord = { workflowId, program, isAcknowledged: false };
  caller.journal.starts.push(record);
  await sendStart(caller, record);
  return record;
}

/** Sends the same start once more, as a client does that has missed the answer: it must be told the same run. */
export async function startAgain(caller: Caller, record: StartRecord): Promise<void> {
  await sendStart(caller, record);
}

/** The request id follows from the workflow id: each start of it is the same request. */
async function sendStart({ service, journal }: Caller, record: StartRecord): Promise<void> {
  const { workflowId, program } = record;
  const isRepeated = record.isAcknowledged;
  const request = startRequest(workflowId, program, `start of ${workflowId}`);
  const answer = await service.insist((calls) => calls.startWorkflowExecution(request));
  record.isAcknowledged = true;
  if (answer.kind === 'reply') {
    const { runId } = answer.reply;
    journal.require(
      record.runId === undefined || record.runId === runId,
      `${workflowId}: one request began the runs ${record.runId ?? ''} and ${runId}`,
    );
    record.runId = runId;
    return;
  }
  // The run that the request began is no longer the current one: only then is the request not recognised.
  const mayBeUnknown = program.kind === 'chain' && (isRepeated || !answer.isFirstTry);
  journal.require(
    mayBeUnknown && answer.error.code === status.ALREADY_EXISTS,
    `${workflowId}: the start was refused: ${answer.error.details}`,
  );
}

/** Starts a mailbox with its first signal in it. */
export async function startWithSignal(caller: Caller, workflowId: string, program: Program): Promise<StartRecord> {
  const { service, journal } = caller;
  const record: StartRecord = { workflowId, program, isAcknowledged: false };
  const signal = { workflowId, marker: 'with the start', isAcknowledged: false };
  journal.starts.push(record);
  journal.signals.push(signal);
  const request = {
    ...startRequest(workflowId, program, `start of ${workflowId}`),
    signalName: 'letter',
    signalInput: payloadsOf(signal.marker),
  };
  const answer = await service.insist((calls) => calls.signalWithStartWorkflowExecution(request));
  record.isAcknowledged = true;
  signal.isAcknowledged = true;
  if (answer.kind === 'reply') record.runId = answer.reply.runId;
  else {
    // It was carried out before, and with one signal to wait for the workflow has ended since.
    journal.require(
      !answer.isFirstTry && answer.error.code === status.ALREADY_EXISTS,
      `${workflowId}: signal with start was refused: ${answer.error.details}`,
    );
  }
  return record;
}

/** Sends the next signal to a workflow. */
export async function sendSignal({ service, journal }: Caller, workflowId: string): Promise<void> {
  const marker = `signal ${journal.signals.length}`;
  const record = { workflowId, marker, isAcknowledged: false };
  journal.signals.push(record);
  const request = {
    namespace: NAMESPACE,
    workflowExecution: { workflowId },
    signalName: 'letter',
    input: payloadsOf(marker),
    requestId: randomUUID(),
  };
  const answer = await service.insist((calls) => calls.signalWorkflowExecution(request));
  if (answer.kind === 'reply') record.isAcknowledged = true;
}

/** Cancels or terminates a workflow that waits for it. */
export async function endWorkflow(
  { service, journal }: Caller,
  workflowId: string,
  manner: 'cancel' | 'terminate',
): Promise<void> {
  const record = { workflowId, manner, isAcknowledged: false };
  journal.ends.push(record);
  const request = {
    namespace: NAMESPACE,
    workflowExecution: { workflowId },
    reason: 'the end',
    requestId: randomUUID(),
  };
  const answer = await service.insist<unknown>((calls) =>
    manner === 'cancel'
      ? calls.requestCancelWorkflowExecution(request)
      : calls.terminateWorkflowExecution({ ...request, details: payloadsOf('the end') }),
  );
  // Refused the second time, it was carried out the first time.
  const isCarriedOut = answer.kind === 'reply' || (!answer.isFirstTry && answer.error.code === status.NOT_FOUND);
  journal.require(isCarriedOut, `${workflowId}: the ${manner} was refused`);
  record.isAcknowledged = isCarriedOut;
}

/** Three clients start the same id at the same time, over and over: one run at a time, and none is lost. */
export async function race({ service, journal, random }: Caller, workflowId: string): Promise<void> {
  const record = { workflowId, runIds: new Set<string>() };
  journal.races.push(record);
  const program: Program = { kind: 'steps', activities: ['plain'] };
  const begin = async (): Promise<void> => {
    for (let round = random.between(1, 3); round > 0; round -= 1) {
      const request = {
        ...startRequest(workflowId, program, randomUUID()),
        workflowIdReusePolicy: WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
      };
      const answer = await service.insist((calls) => calls.startWorkflowExecution(request));
      if (answer.kind === 'reply') record.runIds.add(answer.reply.runId);
      else journal.require(answer.error.code === status.ALREADY_EXISTS, `${workflowId}: ${answer.error.details}`);
    }
  };
  await Promise.all([begin(), begin(), begin()]);
}
