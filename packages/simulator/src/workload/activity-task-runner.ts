import type { Payloads, PollActivityTaskQueueResponse } from '@perdure/proto/types';
import type { Heartbeats } from '../checkers/heartbeats.ts';
import { failure } from '../model/commands.ts';
import { fromPayloads, toPayloads } from '../model/payload.ts';
import type { ActivityPlan } from '../model/program.ts';
import { isTransient } from './actor.ts';
import type { WorkerTools } from './worker-tools.ts';

/** How an attempt ends. */
type Answer = 'complete' | 'fail' | 'cancel';

/** The half of a worker that runs activities: each does what its plan says for the attempt. */
export class ActivityTaskRunner {
  readonly #tools: WorkerTools;
  readonly #heartbeats: Heartbeats;
  #answers = 0;

  constructor(tools: WorkerTools, heartbeats: Heartbeats) {
    this.#tools = tools;
    this.#heartbeats = heartbeats;
  }

  async run(task: PollActivityTaskQueueResponse): Promise<void> {
    const { random, habits, sleep, die } = this.#tools;
    this.#heartbeats.begin(task);
    const plan = fromPayloads(task.input) as ActivityPlan;
    const { attempt = 1 } = task;
    const { dies, forgets, answersTwice } = habits();
    if (random.chance(dies)) die();
    if (attempt <= plan.hangs || random.chance(forgets)) return;
    const worked = await this.#work(task, plan);
    if (worked === 'gone') return;
    const fails = attempt <= plan.hangs + plan.failures;
    const answer = worked === 'canceled' ? 'cancel' : fails ? 'fail' : 'complete';
    await this.#answer(task, plan, answer);
    if (!random.chance(answersTwice)) return;
    // Another answer with the same token, at once or when the attempt is long over.
    await sleep(random.int(0, 4_000));
    await this.#answer(task, { ...plan, byId: false }, random.chance(0.5) ? 'complete' : 'fail');
  }

  /** Works for its time, with heartbeats if the plan has any. */
  async #work(task: PollActivityTaskQueueResponse, plan: ActivityPlan): Promise<'done' | 'canceled' | 'gone'> {
    const { sleep } = this.#tools;
    let leftMs = plan.workMs;
    while (leftMs > 0) {
      const stepMs = plan.heartbeatMs > 0 ? Math.min(leftMs, plan.heartbeatMs) : leftMs;
      await sleep(stepMs);
      leftMs -= stepMs;
      const heard = plan.heartbeatMs > 0 ? await this.#heartbeat(task) : 'done';
      if (heard !== 'done') return heard;
    }
    return 'done';
  }

  async #heartbeat(task: PollActivityTaskQueueResponse): Promise<'done' | 'canceled' | 'gone'> {
    const { namespace, identity, call } = this.#tools;
    const number = this.#heartbeats.send(task);
    const request = { namespace, identity, taskToken: task.taskToken, details: toPayloads(number) };
    const outcome = await call('RecordActivityTaskHeartbeat', request, { ordered: true, timeoutMs: 60_000 });
    if (isTransient(outcome)) return 'done';
    if (outcome.kind !== 'reply') return 'gone';
    this.#heartbeats.accept(task, number);
    return outcome.message.cancelRequested === true ? 'canceled' : 'done';
  }

  async #answer(task: PollActivityTaskQueueResponse, plan: ActivityPlan, answer: Answer): Promise<void> {
    this.#answers += 1;
    const mark = `${this.#tools.identity}-${this.#answers}`;
    const payloads = toPayloads({ mark });
    if (answer === 'cancel') await this.#cancel(task, payloads);
    else if (answer === 'fail') await this.#fail(task, plan, mark);
    else await this.#complete(task, plan, payloads);
  }

  async #cancel({ taskToken }: PollActivityTaskQueueResponse, details: Payloads): Promise<void> {
    const { namespace, identity, persist } = this.#tools;
    await persist('RespondActivityTaskCanceled', { namespace, identity, taskToken, details });
  }

  async #complete(task: PollActivityTaskQueueResponse, plan: ActivityPlan, result: Payloads): Promise<void> {
    const { namespace, identity, persist } = this.#tools;
    const { taskToken } = task;
    if (plan.byId) await persist('RespondActivityTaskCompletedById', { ...this.#byId(task), result });
    else await persist('RespondActivityTaskCompleted', { namespace, identity, taskToken, result });
  }

  async #fail(task: PollActivityTaskQueueResponse, plan: ActivityPlan, mark: string): Promise<void> {
    const { namespace, identity, call, persist } = this.#tools;
    const { taskToken, attempt = 1 } = task;
    const isLast = attempt >= plan.hangs + plan.failures;
    const failed = failure(mark, {
      nonRetryable: plan.failsForGood && isLast,
      nextRetryDelayMs: plan.nextRetryDelayMs,
    });
    // By id it would be taken for the failure of the next attempt if it came twice.
    if (plan.byId)
      await call('RespondActivityTaskFailedById', { ...this.#byId(task), failure: failed }, { ordered: true });
    else await persist('RespondActivityTaskFailed', { namespace, identity, taskToken, failure: failed });
  }

  #byId({ workflowExecution, activityId }: PollActivityTaskQueueResponse) {
    const { namespace, identity } = this.#tools;
    const { workflowId, runId } = workflowExecution ?? {};
    return { namespace, identity, workflowId, runId, activityId };
  }
}
