import {
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  scheduleActivity,
  startChild,
  startTimer,
} from './commands.ts';
import type { Command } from '../wire.ts';
import type { View } from './view.ts';

/**
 * How a worker plays an activity.
 * - `plain`: it answers.
 * - `flaky`: its first two attempts fail.
 * - `beat`: its first attempt heartbeats and then falls silent.
 * - `outside`: another client completes it later, by its ids.
 */
export type ActivityManner = 'plain' | 'flaky' | 'beat' | 'outside';

/** What a model workflow does; its type is `kind`, its input the whole of it. */
export type Program =
  | { readonly kind: 'steps'; readonly activities: readonly ActivityManner[] }
  | { readonly kind: 'fan'; readonly width: number }
  | { readonly kind: 'sleep'; readonly timersMs: readonly number[] }
  | { readonly kind: 'mailbox'; readonly signals: number }
  | { readonly kind: 'parent'; readonly children: readonly string[] }
  | { readonly kind: 'chain'; readonly runsLeft: number }
  | { readonly kind: 'wait' };

/** A timer that no test waits for. */
const LONG_MS = 3_600_000;

/** What a program wants next: follows from its history alone. */
export function decide(program: Program, view: View): Command[] {
  switch (program.kind) {
    case 'steps':
      return inSequence(
        program.activities.map((manner, index) => activity(view, index, manner)),
        () => completeWorkflow([...view.activities.values()]),
      );
    case 'fan':
      return atOnce(
        Array.from({ length: program.width }, (_, index) => activity(view, index, 'plain')),
        () => completeWorkflow(view.activities.size),
      );
    case 'sleep':
      return inSequence(
        program.timersMs.map((delayMs, index) => timer(view, `timer-${index}`, delayMs)),
        () => completeWorkflow(program.timersMs),
      );
    case 'mailbox':
      return view.signals.length < program.signals ? [] : [completeWorkflow(view.signals)];
    case 'parent':
      return atOnce(
        program.children.map((id) => child(view, id)),
        () => completeWorkflow(program.children),
      );
    case 'chain':
      return inSequence([activity(view, 0, 'plain')], () =>
        program.runsLeft > 0
          ? continueAsNew({ ...program, runsLeft: program.runsLeft - 1 })
          : completeWorkflow('end of the chain'),
      );
    case 'wait':
      if (view.cancelRequested) return [cancelWorkflow()];
      return timer(view, 'long', LONG_MS).commands;
  }
}

/** A thing to be done: the commands that begin it, none where it has begun. */
interface Step {
  readonly commands: Command[];
  readonly isDone: boolean;
}

function activity(view: View, index: number, manner: ActivityManner): Step {
  const activityId = `activity-${index}`;
  const commands = view.activities.has(activityId) ? [] : [scheduleActivity(activityId, manner)];
  return { commands, isDone: view.activities.get(activityId) !== undefined };
}

function timer(view: View, timerId: string, delayMs: number): Step {
  const commands = view.timers.has(timerId) ? [] : [startTimer(timerId, delayMs)];
  return { commands, isDone: view.timers.get(timerId) === true };
}

function child(view: View, id: string): Step {
  const program: Program = { kind: 'steps', activities: ['plain'] };
  const commands = view.children.has(id) ? [] : [startChild(id, program)];
  return { commands, isDone: view.children.get(id) === true };
}

function inSequence(steps: readonly Step[], end: () => Command): Command[] {
  const current = steps.find(({ isDone }) => !isDone);
  return current === undefined ? [end()] : current.commands;
}

function atOnce(steps: readonly Step[], end: () => Command): Command[] {
  return steps.every(({ isDone }) => isDone) ? [end()] : steps.flatMap(({ commands }) => commands);
}
