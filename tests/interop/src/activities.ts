import { Buffer } from 'node:buffer';
import { CompleteAsyncError, Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Journal } from './journal.ts';

/** How an attempt of `flaky` fails: as the error of a program that knows Temporal, or as any error. */
export type FlakyError = {
  readonly type?: string;
  readonly nonRetryable?: boolean;
  readonly nextRetryDelayMs?: number;
};

/** The activities of all programs. Each writes what it does into the journal of its test. */
export type Activities = ReturnType<typeof createActivities>;

/** What `progress` found recorded by the attempt before it, and which attempt it is. */
export type Progress = { readonly attempt: number; readonly resumedAt: number };

export function createActivities(journal: Journal) {
  return {
    /** Does one step of a program; a step whose name starts with `broken` fails for good. */
    async perform(step: string): Promise<string> {
      journal.add(step);
      if (step.startsWith('broken')) throw ApplicationFailure.nonRetryable(`${step} is not available`, 'StepFailed');
      return `${step} done`;
    },

    async echo<T>(value: T): Promise<T> {
      return value;
    },

    /** Fails each attempt before `succeedsAt`, and gives the number of the attempt that succeeds. */
    async flaky(succeedsAt: number, error: FlakyError = {}): Promise<number> {
      const { attempt } = Context.current().info;
      journal.add(`attempt ${String(attempt)}`);
      if (attempt >= succeedsAt) return attempt;
      throw ApplicationFailure.create({
        message: `attempt ${String(attempt)} failed`,
        type: error.type ?? 'Flaky',
        nonRetryable: error.nonRetryable ?? false,
        ...(error.nextRetryDelayMs === undefined ? {} : { nextRetryDelay: error.nextRetryDelayMs }),
      });
    },

    /** Reports pages 1 to 3; the first attempt breaks off after page 2, by an error or by falling silent. */
    async progress(ending: 'throws' | 'falls silent'): Promise<Progress> {
      const { info } = Context.current();
      const resumedAt = (info.heartbeatDetails as number | undefined) ?? 0;
      for (let page = resumedAt + 1; page <= 3; page += 1) {
        Context.current().heartbeat(page);
        if (info.attempt > 1 || page < 2) continue;
        if (ending === 'throws') throw new Error('the connection broke');
        await untilCancelled();
      }
      return { attempt: info.attempt, resumedAt };
    },

    /** Works until it is told to stop, with heartbeats; then tidies up and ends as cancelled. */
    async diligent(): Promise<never> {
      return await diligent(journal);
    },

    /** The first attempt works until it is told to stop, with heartbeats; later ones are done at once. */
    async patient(): Promise<number> {
      const { attempt } = Context.current().info;
      return attempt > 1 ? attempt : await diligent(journal);
    },

    /** Works without a heartbeat until its worker cancels it. */
    async silent(): Promise<string> {
      journal.add('silent started');
      await untilCancelled();
      return 'too late';
    },

    /** Waits until `parties` activities of this name run at the same time. */
    async rendezvous(parties: number): Promise<string> {
      journal.add('rendezvous');
      await journal.until('rendezvous', parties);
      return Context.current().info.taskQueue;
    },

    /** Hands its work to someone outside, who completes it later by token or by id. */
    async delegated(name: string): Promise<string> {
      const { taskToken } = Context.current().info;
      journal.tokens.set(name, Buffer.from(taskToken));
      journal.add(`delegated ${name}`);
      throw new CompleteAsyncError();
    },
  };
}

async function diligent(journal: Journal): Promise<never> {
  journal.add('diligent started');
  const beat = setInterval(() => Context.current().heartbeat('working'), 50);
  try {
    return await Context.current().cancelled;
  } finally {
    clearInterval(beat);
    journal.add(`diligent stopped: ${stopReason()}`);
  }
}

async function untilCancelled(): Promise<void> {
  await Context.current().cancelled.catch((error: unknown) => {
    if (!(error instanceof CancelledFailure)) throw error;
  });
}

function stopReason(): string {
  const details = Context.current().cancellationDetails;
  if (details?.notFound === true) return 'not found';
  if (details?.workerShutdown === true) return 'worker shutdown';
  if (details?.paused === true) return 'paused';
  if (details?.reset === true) return 'reset';
  if (details?.cancelRequested === true) return 'cancel requested';
  return 'unknown';
}
