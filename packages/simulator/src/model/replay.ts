import { enumName } from '@perdure/core';
import { CommandType, EventType } from '@perdure/proto/enums';
import type { Command, HistoryEvent } from '@perdure/proto/types';
import { Violation } from '../kernel/violation.ts';
import { ModelWorkflow, type IssuedCommand } from './model-workflow.ts';
import { records, taskOfCommandEvent } from './recorded-commands.ts';

/**
 * A workflow that is led through its history, from the start or from where its worker has it in the cache. Each task's
 * commands must come out as the history records them.
 */
export class Replay {
  readonly #name: string;
  readonly #workflowId: string;
  #workflow: ModelWorkflow | undefined;
  #lastEventId = 0;
  /** Commands of the last activation that no event has recorded yet. */
  #unrecorded: IssuedCommand[] = [];

  constructor(workflowId: string, runId: string) {
    this.#workflowId = workflowId;
    this.#name = `${workflowId}/${runId}`;
  }

  /** The last event that it has taken in. */
  get lastEventId(): number {
    return this.#lastEventId;
  }

  get workflow(): ModelWorkflow {
    if (this.#workflow === undefined) throw new Error(`${this.#name} has no events yet`);
    return this.#workflow;
  }

  /** Takes in events. If they end with a started workflow task, its commands come out. */
  feed(events: readonly HistoryEvent[]): readonly Command[] {
    for (const [index, event] of events.entries()) {
      this.#lastEventId += 1;
      if (event.eventId !== this.#lastEventId) {
        throw new Violation(4, `${this.#name}: event ${event.eventId} where ${this.#lastEventId} was due`);
      }
      this.#take(event, events[index + 1]);
    }
    return events.at(-1)?.eventType === EventType.WorkflowTaskStarted
      ? this.#unrecorded.map(({ command }) => command)
      : [];
  }

  /** To be called at the end of a history that will not grow: nothing that was issued is missing from it. */
  end(): void {
    if (this.#unrecorded.length > 0) this.#missing('the end');
  }

  #take(event: HistoryEvent, next: HistoryEvent | undefined): void {
    switch (event.eventType) {
      case EventType.WorkflowExecutionStarted:
        this.#workflow = new ModelWorkflow(this.#workflowId, event);
        break;
      case EventType.WorkflowTaskStarted:
        // A task that failed or timed out has left no trace in the workflow.
        if (next === undefined || next.eventType === EventType.WorkflowTaskCompleted) {
          this.#unrecorded = [...this.workflow.activate()];
        }
        break;
      case EventType.WorkflowTaskCompleted:
      case EventType.WorkflowTaskScheduled:
      case EventType.WorkflowTaskFailed:
      case EventType.WorkflowTaskTimedOut:
        break;
      default:
        this.#takeOther(event);
    }
  }

  #takeOther(event: HistoryEvent): void {
    if (taskOfCommandEvent(event) !== undefined) this.#record(event);
    else {
      if (this.#unrecorded.length > 0) this.#missing(describe(event));
      this.workflow.apply(event);
    }
  }

  #record(event: HistoryEvent): void {
    const issued = this.#unrecorded.shift();
    if (issued === undefined || !records(event, issued.command)) {
      const command = issued === undefined ? 'nothing' : enumName(CommandType, issued.command.commandType ?? 0);
      throw new Violation(23, `${this.#name}: replay gives ${command} where the history has ${describe(event)}`);
    }
    issued.recorded(event.eventId ?? 0);
  }

  #missing(where: string): never {
    const commands = this.#unrecorded.map(({ command }) => enumName(CommandType, command.commandType ?? 0));
    throw new Violation(22, `${this.#name}: the commands ${commands.join(', ')} are not recorded before ${where}`);
  }
}

function describe(event: HistoryEvent): string {
  return `${event.eventId} ${enumName(EventType, event.eventType ?? EventType.Unspecified)}`;
}
