import { enumName } from '@perdure/core';
import { CommandType, EventType } from '@perdure/proto/enums';
import type { Command, HistoryEvent, ProtocolMessage } from '@perdure/proto/types';
import { Violation } from '../kernel/violation.ts';
import { ModelWorkflow, type IssuedCommand } from './model-workflow.ts';
import { isCommandEvent, records } from './recorded-commands.ts';
import { incoming, type IncomingUpdate } from './update-messages.ts';

/** What a worker says to a task. */
export interface TaskAnswer {
  readonly commands: readonly Command[];
  readonly messages: readonly ProtocolMessage[];
}

/**
 * A workflow that is led through its history, from the start or from where its worker has it in the cache. Each task's
 * commands must come out as the history records them.
 */
export class Replay {
  readonly #name: string;
  readonly #workflowId: string;
  #workflow: ModelWorkflow | undefined;
  #lastEventId = 0;
  #rejections: readonly ProtocolMessage[] = [];
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

  /** Takes in events. If they end with a started workflow task, with which these updates come, its answer comes out. */
  feed(events: readonly HistoryEvent[], updates: readonly IncomingUpdate[] = []): TaskAnswer {
    this.#rejections = [];
    for (const [index, event] of events.entries()) {
      this.#lastEventId += 1;
      if (event.eventId !== this.#lastEventId) {
        throw new Violation(4, `${this.#name}: event ${event.eventId} where ${this.#lastEventId} was due`);
      }
      this.#take(event, events, index, updates);
    }
    if (events.at(-1)?.eventType !== EventType.WorkflowTaskStarted) return { commands: [], messages: [] };
    const messages = this.#unrecorded.flatMap(({ message }) => message ?? []);
    return { commands: this.#unrecorded.map(({ command }) => command), messages: [...messages, ...this.#rejections] };
  }

  /** The server has taken back the events behind that one: the task that they tell of never was. */
  rewind(eventId: number): void {
    this.#lastEventId = Math.min(this.#lastEventId, eventId);
  }

  /** To be called at the end of a history that will not grow: nothing that was issued is missing from it. */
  end(): void {
    if (this.#unrecorded.length > 0) this.#missing('the end');
  }

  #take(event: HistoryEvent, events: readonly HistoryEvent[], index: number, updates: readonly IncomingUpdate[]): void {
    const next = events[index + 1];
    switch (event.eventType) {
      case EventType.WorkflowExecutionStarted:
        this.#workflow = new ModelWorkflow(this.#workflowId, event);
        break;
      case EventType.WorkflowTaskStarted:
        // A task that failed or timed out has left no trace in the workflow.
        if (next === undefined || next.eventType === EventType.WorkflowTaskCompleted) {
          const known = next === undefined ? updates : acceptedBehind(events, index + 1);
          const { issued, rejections } = this.workflow.activate(known);
          this.#unrecorded = [...issued];
          this.#rejections = rejections;
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
    if (isCommandEvent(event)) this.#record(event);
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

/** The updates that a completed task has accepted: a workflow that is led through its history takes them where it took them. */
function acceptedBehind(events: readonly HistoryEvent[], completedIndex: number): readonly IncomingUpdate[] {
  const end = events.findIndex((event, index) => index > completedIndex && !isCommandEvent(event));
  return events.slice(completedIndex + 1, end < 0 ? undefined : end).flatMap((event) => {
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
    // One without its request was brought by an event of its own.
    if (accepted?.acceptedRequest === undefined) return [];
    const {
      protocolInstanceId = '',
      acceptedRequest,
      acceptedRequestMessageId = '',
      acceptedRequestSequencingEventId = 0,
    } = accepted;
    return incoming(protocolInstanceId, acceptedRequest, acceptedRequestMessageId, acceptedRequestSequencingEventId);
  });
}

function describe(event: HistoryEvent): string {
  return `${event.eventId} ${enumName(EventType, event.eventType ?? EventType.Unspecified)}`;
}
