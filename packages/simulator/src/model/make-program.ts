import type { Random } from '../kernel/random.ts';
import type { ActivityStep, ChildStep, ClosePolicy, Program, Step, UpdateContent } from './program.ts';

type StepKind = Step['kind'];

const WEIGHTS: Readonly<Record<StepKind, number>> = {
  activity: 30,
  timer: 14,
  child: 10,
  race: 7,
  signals: 9,
  signalOther: 7,
  cancelOther: 2,
  marker: 4,
  memo: 2,
  attribute: 2,
  failTask: 5,
  parallel: 8,
};

/** What programs are made for. */
export interface ProgramContext {
  readonly random: Random;
  readonly queues: readonly string[];
  /** Workflows that others may signal. */
  readonly workflowIds: readonly string[];
  /** Whether some timers last longer than a server looks ahead to, so that they have to be found again in the store. */
  readonly longTimers: boolean;
}

/** A program of a few steps. Whatever it waits for ends by itself, as long as workers do their work. */
export function makeProgram(context: ProgramContext, depth = 0): Program {
  const { random } = context;
  return {
    steps: Array.from({ length: random.int(1, depth === 0 ? 4 : 2) }, () => makeStep(context, depth)),
    onCancel: random.chance(0.6) ? 'stop' : 'ignore',
    finish: random.weighted({ complete: 80, fail: 6, failForGood: 4, failOnce: 10 }),
    awaitsUpdates: random.chance(0.6),
    continuations: random.chance(0.15) ? random.int(1, 2) : 0,
  };
}

function makeStep(context: ProgramContext, depth: number): Step {
  const { random, workflowIds } = context;
  const deep = depth >= 2 ? { parallel: 0, child: 0 } : {};
  const kind = random.weighted<StepKind>({ ...WEIGHTS, ...deep });
  switch (kind) {
    case 'activity':
      return makeActivity(context);
    case 'timer':
      return { kind, ms: makeTimerMs(context) };
    case 'child':
      return makeChild(context, depth);
    case 'race':
      return makeRace(context);
    case 'signals':
      return { kind, count: random.int(1, 3), ms: random.int(100, 8_000) };
    case 'signalOther':
      return { kind, workflowId: random.pick(workflowIds), childOnly: random.chance(0.1) };
    case 'cancelOther':
      return { kind, workflowId: random.pick(workflowIds) };
    case 'failTask':
      return { kind, attempts: random.int(1, 4), badCommand: random.chance(0.5) };
    case 'parallel':
      return { kind, branches: makeBranches(context, depth) };
    case 'marker':
    case 'memo':
    case 'attribute':
      return { kind };
  }
}

/** Often both sides are done at about the same time. */
function makeRace(context: ProgramContext): Step {
  const { random } = context;
  const activity = makeActivity(context);
  const close = Math.max(1, activity.plan.workMs + random.int(-20, 60));
  return { kind: 'race', ms: random.pick([random.int(1, 50), close, random.int(1, 3_000)]), activity };
}

function makeTimerMs({ random, longTimers }: ProgramContext): number {
  if (longTimers && random.chance(0.1)) return random.int(10, 25) * 60_000;
  return random.pick([random.int(1, 50), random.int(50, 8_000)]);
}

function makeBranches(context: ProgramContext, depth: number): Step[][] {
  const { random } = context;
  const makeBranch = () => Array.from({ length: random.int(1, 2) }, () => makeStep(context, depth + 1));
  return Array.from({ length: random.int(2, 4) }, makeBranch);
}

function makeChild(context: ProgramContext, depth: number): ChildStep {
  const { random } = context;
  return {
    kind: 'child',
    program: makeProgram(context, depth + 1),
    policy: random.pick<ClosePolicy>(['terminate', 'abandon', 'requestCancel']),
    detached: random.chance(0.4),
    attempts: random.chance(0.3) ? 2 : 1,
    runTimeoutMs: random.chance(0.1) ? random.int(500, 5_000) : 0,
  };
}

/** An update; the handler waits for whatever ends by itself. */
export function makeUpdate(context: ProgramContext, id: string): UpdateContent {
  const { random } = context;
  return {
    id,
    rejects: random.chance(0.25),
    fails: random.chance(0.1),
    timerMs: random.chance(0.4) ? random.int(1, 3_000) : 0,
    activity: random.chance(0.25) ? makeActivity(context) : undefined,
  };
}

function makeActivity({ random, queues }: ProgramContext): ActivityStep {
  const heartbeats = random.chance(0.35);
  const workMs = random.chance(0.5) ? random.int(0, 30) : random.int(10, 2_000);
  return {
    kind: 'activity',
    plan: {
      workMs,
      hangs: random.chance(0.1) ? 1 : 0,
      failures: random.chance(0.3) ? random.int(1, 3) : 0,
      failsForGood: random.chance(0.1),
      heartbeatMs: heartbeats ? random.int(50, 400) : 0,
      nextRetryDelayMs: random.chance(0.1) ? random.int(1, 2_000) : 0,
      byId: random.chance(0.1),
    },
    queue: random.pick(queues),
    eager: random.chance(0.5),
    startToCloseMs: random.int(500, 6_000),
    scheduleToStartMs: random.chance(0.1) ? random.int(500, 5_000) : 0,
    scheduleToCloseMs: random.chance(0.2) ? random.int(2_000, 15_000) : 0,
    heartbeatTimeoutMs: heartbeats ? random.int(500, 2_500) : 0,
    retry: {
      initialMs: random.int(20, 1_000),
      coefficient: random.pick([1, 1.5, 2, 3]),
      maximumMs: random.int(1_000, 4_000),
      attempts: random.int(1, 5),
    },
  };
}
