import { activityChangedBy, isOpen, isTaskWanted, noMap, ownMap, type RecordedChange, type Run } from '@perdure/core';
import { QueueKind, type QueueKey } from '@perdure/storage';
import type { WaitingTask } from '../matching/backlog.ts';

/** A task, and the queue that it waits in. */
export interface QueuedTask {
  readonly queue: QueueKey;
  readonly task: WaitingTask;
}

/**
 * The tasks of a run that wait in queues for a poller: at most one workflow task, and one for each attempt of an activity.
 * What a change costs here does not depend on how many there are.
 */
export class WaitingTasks {
  #workflowTask: QueuedTask | undefined;
  /** By scheduled event. */
  #activities = noMap<number, QueuedTask>();

  /** Takes a task in; gives back one that it replaces, which is void by now. */
  add(added: QueuedTask): QueuedTask | undefined {
    let replaced: QueuedTask | undefined;
    if (added.queue.kind === QueueKind.Activity) {
      const { scheduledEventId } = added.task;
      replaced = this.#activities.get(scheduledEventId);
      this.#activities = ownMap(this.#activities);
      this.#activities.set(scheduledEventId, added);
    } else {
      replaced = this.#workflowTask;
      this.#workflowTask = added;
    }
    return replaced;
  }

  /** A poller has the task. */
  remove(task: WaitingTask): void {
    const activity = this.#activities.get(task.scheduledEventId);
    if (activity !== undefined && isSame(activity.task, task)) this.#activities.delete(task.scheduledEventId);
    if (this.#workflowTask !== undefined && isSame(this.#workflowTask.task, task)) this.#workflowTask = undefined;
  }

  /** Takes out, and gives, what the run no longer wants done after these changes: it has closed, or they are overtaken. */
  removeUnwanted(run: Run, changes: readonly RecordedChange[]): readonly QueuedTask[] {
    const gone: QueuedTask[] = [];
    if (this.#workflowTask !== undefined && !isWanted(run, this.#workflowTask)) {
      gone.push(this.#workflowTask);
      this.#workflowTask = undefined;
    }
    if (this.#activities.size === 0) return gone;
    for (const id of isOpen(run) ? activitiesChangedBy(changes) : [...this.#activities.keys()]) {
      const activity = this.#activities.get(id);
      if (activity === undefined || isWanted(run, activity)) continue;
      this.#activities.delete(id);
      gone.push(activity);
    }
    return gone;
  }
}

function isWanted(run: Run, { queue, task }: QueuedTask): boolean {
  const { scheduledEventId, stamp } = task;
  return isTaskWanted(run, { isActivity: queue.kind === QueueKind.Activity, scheduledEventId, stamp });
}

function* activitiesChangedBy(changes: readonly RecordedChange[]): Iterable<number> {
  for (const change of changes) {
    const id = activityChangedBy(change);
    if (id !== undefined) yield id;
  }
}

function isSame(one: WaitingTask, other: WaitingTask): boolean {
  const { backlogId, scheduledEventId, stamp } = one;
  return backlogId === other.backlogId && scheduledEventId === other.scheduledEventId && stamp === other.stamp;
}
