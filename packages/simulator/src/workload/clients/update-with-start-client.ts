import { UpdateWorkflowExecutionLifecycleStage as Stage, WorkflowIdConflictPolicy } from '@perdure/proto/enums';
import { makeUpdate } from '../../model/make-program.ts';
import { updateRequest } from '../../model/update-messages.ts';
import { Client, UPDATE_POLL } from './client.ts';
import { makeStart } from './make-start.ts';

/** Starts workflows with an update, or updates the one that is there. */
export class UpdateWithStartClient extends Client {
  protected override readonly pauseMaxMs = 2_500;

  protected override async act(): Promise<void> {
    const { random, context } = this;
    const { facts } = context;
    const { Fail, UseExisting } = WorkflowIdConflictPolicy;
    const startWorkflow = {
      ...makeStart(random, context, this.name, this.nextId()),
      workflowIdReusePolicy: undefined,
      workflowIdConflictPolicy: random.pick([Fail, UseExisting, UseExisting]),
      workflowStartDelay: undefined,
      cronSchedule: undefined,
    };
    const { namespace, workflowId, requestId } = startWorkflow;
    const updateWorkflow = {
      namespace,
      workflowExecution: { workflowId },
      request: updateRequest(requestId, makeUpdate({ random, ...context }, requestId), this.name),
      waitPolicy: { lifecycleStage: random.pick([Stage.Accepted, Stage.Completed]) },
    };
    const request = { namespace, resourceId: workflowId, operations: [{ startWorkflow }, { updateWorkflow }] };
    const outcome = await this.persist('ExecuteMultiOperation', request, UPDATE_POLL);
    facts.count(`updateWithStart ${outcome.kind}`);
    if (outcome.kind !== 'reply') return;
    const [started, updated] = outcome.message.responses ?? [];
    facts.started(namespace, workflowId, started?.startWorkflow?.runId ?? '');
    this.noteUpdate(namespace, updated?.updateWorkflow ?? {});
  }
}
