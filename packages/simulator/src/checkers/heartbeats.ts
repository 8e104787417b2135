import type { PollActivityTaskQueueResponse } from '@perdure/proto/types';
import { hold } from '../kernel/violation.ts';
import { fromPayloads } from '../model/payload.ts';

interface Beats {
  sent: number;
  /** The last accepted one of each attempt. */
  readonly accepted: Map<number, number>;
}

/** The heartbeats of each activity, numbered from 1 over all of its attempts. */
export class Heartbeats {
  readonly #byActivity = new Map<string, Beats>();

  /** An attempt begins: it must have got the details of the last heartbeat accepted of those before, or of a later one. */
  begin(task: PollActivityTaskQueueResponse): void {
    const { sent, accepted } = this.#beatsOf(task);
    const { attempt = 1 } = task;
    const got = (fromPayloads(task.heartbeatDetails) as number | undefined) ?? 0;
    // A task may have been so long on its way that a later attempt has begun meanwhile.
    let known = 0;
    for (const [other, number] of accepted) if (other < attempt) known = Math.max(known, number);
    hold(
      got >= known && got <= sent,
      31,
      () => `${keyOf(task)} attempt ${attempt}: got ${got}, accepted ${known}, sent ${sent}`,
    );
  }

  /** The number of the next heartbeat, which is sent now. */
  send(task: PollActivityTaskQueueResponse): number {
    const beats = this.#beatsOf(task);
    beats.sent += 1;
    return beats.sent;
  }

  accept(task: PollActivityTaskQueueResponse, number: number): void {
    this.#beatsOf(task).accepted.set(task.attempt ?? 1, number);
  }

  #beatsOf(task: PollActivityTaskQueueResponse): Beats {
    const key = keyOf(task);
    const beats = this.#byActivity.get(key) ?? { sent: 0, accepted: new Map<number, number>() };
    this.#byActivity.set(key, beats);
    return beats;
  }
}

function keyOf({ workflowExecution, activityId }: PollActivityTaskQueueResponse): string {
  return `${workflowExecution?.workflowId}/${workflowExecution?.runId}/${activityId}`;
}
