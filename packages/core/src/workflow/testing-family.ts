import { CommandType } from '@perdure/proto/enums';
import type { Command } from '@perdure/proto/types';
import type { Env } from '../kernel/env.ts';
import { assert } from '../kernel/assert.ts';
import { isRejection } from '../kernel/rejection.ts';
import type { Limits } from '../kernel/limits.ts';
import type { Message } from '../aggregate/delivery.ts';
import { isPending } from './outbox.ts';
import type { Input } from './input.ts';
import type { Run } from './run.ts';
import { Bench } from './testing.ts';

/** Where cross-namespace commands lead. */
const OTHER_NAMESPACE = { id: 'other-namespace-id', name: 'other' };

/** A delivery that a run has asked for and that a test has in its hands. */
export interface Mail {
  readonly sender: FamilyBench;
  readonly run: Run;
  readonly delivery: Message;
}

/** A bench whose run ids no other workflow of its family has. */
export class FamilyBench extends Bench {
  readonly #family: Family;

  constructor(family: Family, workflowId: string, limits: Partial<Limits>) {
    super({ workflowId, limits });
    this.#family = family;
  }

  override get env(): Env {
    const { namespaceByName, ...env } = super.env;
    return {
      ...env,
      newId: () => this.#family.newId(),
      random: () => 0,
      namespaceByName: (name) => (name === OTHER_NAMESPACE.name ? OTHER_NAMESPACE : namespaceByName(name)),
    };
  }
}

/** Workflows that tell each other something. Mail waits until the test lets it go. */
export class Family {
  readonly #limits: Partial<Limits>;
  readonly #benches = new Map<string, FamilyBench>();
  #ids = 0;

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = limits;
  }

  newId(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, '0')}`;
  }

  /** The workflow with that id, whether it was started or not. */
  member(workflowId: string): FamilyBench {
    let bench = this.#benches.get(workflowId);
    if (bench === undefined) {
      bench = new FamilyBench(this, workflowId, this.#limits);
      this.#benches.set(workflowId, bench);
    }
    return bench;
  }

  /** Takes everything that waits to be delivered, in the order in which each sender asked for it. */
  takeMail(): Mail[] {
    const mail: Mail[] = [];
    for (const sender of this.#benches.values()) {
      sender.effects = sender.effects.filter((effect) => {
        if (effect.kind === 'deliver')
          mail.push({ sender, run: effect.run as Run, delivery: effect.delivery as Message });
        return effect.kind !== 'deliver';
      });
    }
    return mail;
  }

  /** Hands mail to its receiver; its answer, or undefined where the sender no longer wants it sent. */
  hand({ run, delivery }: Mail) {
    if (!isPending(run, delivery.key)) return undefined;
    const answer = this.member(workflowIdOf(delivery)).send(delivery.input as Input);
    return isRejection(answer) ? answer : { runId: answer.runId };
  }

  /** Delivers until nothing waits; a line for each, such as `parent child:5 start -> child`. */
  deliver(mail: Mail[] = this.takeMail()): string[] {
    const lines: string[] = [];
    for (let waiting = mail; waiting.length > 0; waiting = this.takeMail()) {
      for (const item of waiting) {
        const { sender, run, delivery } = item;
        const answer = this.hand(item);
        if (answer === undefined) continue;
        lines.push(`${sender.workflowId} ${delivery.key} ${delivery.input.kind} -> ${workflowIdOf(delivery)}`);
        sender.ok({ kind: 'settle', runId: run.runId, key: delivery.key, answer });
      }
    }
    return lines;
  }
}

function workflowIdOf({ to }: Message): string {
  assert('workflowId' in to, 'within a family workflows write to workflows');
  return to.workflowId;
}

/** Commands that reach out to other workflows, with attributes that are good unless the test says otherwise. */
export const outward = {
  startChild: (
    workflowId: string,
    attributes: Command['startChildWorkflowExecutionCommandAttributes'] = {},
  ): Command => ({
    commandType: CommandType.StartChildWorkflowExecution,
    startChildWorkflowExecutionCommandAttributes: { workflowId, workflowType: { name: 'Child' }, ...attributes },
  }),
  signal: (
    workflowId: string,
    attributes: Command['signalExternalWorkflowExecutionCommandAttributes'] = {},
  ): Command => ({
    commandType: CommandType.SignalExternalWorkflowExecution,
    signalExternalWorkflowExecutionCommandAttributes: { execution: { workflowId }, signalName: 'poke', ...attributes },
  }),
  cancel: (
    workflowId: string,
    attributes: Command['requestCancelExternalWorkflowExecutionCommandAttributes'] = {},
  ): Command => ({
    commandType: CommandType.RequestCancelExternalWorkflowExecution,
    requestCancelExternalWorkflowExecutionCommandAttributes: { workflowId, ...attributes },
  }),
  complete: (attributes: Command['completeWorkflowExecutionCommandAttributes'] = {}): Command => ({
    commandType: CommandType.CompleteWorkflowExecution,
    completeWorkflowExecutionCommandAttributes: attributes,
  }),
  fail: (message: string): Command => ({
    commandType: CommandType.FailWorkflowExecution,
    failWorkflowExecutionCommandAttributes: { failure: { message } },
  }),
  cancelWorkflow: (attributes: Command['cancelWorkflowExecutionCommandAttributes'] = {}): Command => ({
    commandType: CommandType.CancelWorkflowExecution,
    cancelWorkflowExecutionCommandAttributes: attributes,
  }),
  continueAsNew: (attributes: Command['continueAsNewWorkflowExecutionCommandAttributes'] = {}): Command => ({
    commandType: CommandType.ContinueAsNewWorkflowExecution,
    continueAsNewWorkflowExecutionCommandAttributes: attributes,
  }),
};
