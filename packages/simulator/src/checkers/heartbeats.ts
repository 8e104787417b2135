import type { PollActivityTaskQueueResponse } from '@perdure/proto/types';
import { hold } from '../kernel/violation.ts';
import { fromPayloads } from '../model/payload.ts';

interface Beats {
  sent: number;
  accepted: number;
}

/** The heartbeats of each activity, numbered from 1 over all of its attempts. */
export class Heartbeats {
  readonly #byActivity = new Map<string, Beats>();

  /** An attempt begins: it must have been given the details of the last accepted heartbeat, or of a later one. */
  begin(task: PollActivityTaskQueueResponse): void {
    const beats = this.#beatsOf(task);
    const got = (fromPayloads(task.heartbeatDetails) as number | undefined) ?? 0;
    const fits = got >= beats.accepted && got <= beats.sent;
    hold(fits, 31, () => `${keyOf(task)} attempt ${task.attempt}: got ${got}, accepted ${beats.accepted}, sent ${beats.sent}`);
  }

  /** The number of the next heartbeat, which is sent now. */
  send(task: PollActivityTaskQueueResponse): number {
    const beats = this.#beatsOf(task);
    beats.sent += 1;
    return beats.sent;
  }

  accept(task: PollActivityTaskQueueResponse, number: number): void {
    const beats = this.#beatsOf(task);
    beats.accepted = Math.max(beats.accepted, number);
  }

  #beatsOf(task: PollActivityTaskQueueResponse): Beats {
    const key = keyOf(task);
    const beats = this.#byActivity.get(key) ?? { sent: 0, accepted: 0 };
    this.#byActivity.set(key, beats);
    return beats;
  }
}

function keyOf({ workflowExecution, activityId }: PollActivityTaskQueueResponse): string {
  return `${workflowExecution?.workflowId}/${workflowExecution?.runId}/${activityId}`;
}
