import type { HttpReply, HttpRequest } from '@perdure/server/testing';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';

/** What somebody who is called back is like. The address says it. */
export const MOODS = ['eager', 'moody', 'deaf', 'strict'] as const;
export type Mood = (typeof MOODS)[number];

/** The host of all who are called back. */
export const TARGET_HOST = 'target';

const URL_PATTERN = /^http:\/\/target\/(eager|moody|deaf|strict)\//;

export function moodOf(url: string): Mood {
  return (URL_PATTERN.exec(url)?.[1] ?? 'eager') as Mood;
}

/** What becomes of a call: it is taken in, refused for good, put off, or taken in without anybody hearing of it. */
export type CallFate = 'taken' | 'refused' | 'putOff' | 'unheard';

const STATUSES: Readonly<Record<Exclude<CallFate, 'unheard'>, readonly number[]>> = {
  taken: [200, 204],
  refused: [400, 401, 403, 404, 409, 501],
  putOff: [408, 429, 500, 503, 520],
};

/** Looks at calls. */
export interface CallWatcher {
  /** A call leaves the server. */
  onSent(request: HttpRequest): void;
  /** It has arrived, maybe long after the server that made it was gone. */
  onArrived(request: HttpRequest, fate: CallFate): void;
}

/** Those outside who want to know how workflows end. Some take it in at once, some later, some never want to hear of it. */
export class CallbackTarget {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #watcher: CallWatcher;
  #calm = false;

  constructor(scheduler: Scheduler, random: Random, watcher: CallWatcher) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#watcher = watcher;
  }

  /** From now on nothing is put off. */
  calmDown(): void {
    this.#calm = true;
  }

  /** Takes its time. Rejects, at the timeout, where the caller hears nothing. */
  async answer(request: HttpRequest): Promise<HttpReply> {
    this.#watcher.onSent(request);
    await this.#scheduler.sleep(this.#random.delayMs(200));
    const fate = this.#fateOf(moodOf(request.url));
    this.#watcher.onArrived(request, fate);
    if (fate === 'unheard') {
      await this.#scheduler.sleep(request.timeoutMs);
      throw new Error('timed out');
    }
    await this.#scheduler.sleep(this.#random.delayMs(500));
    return { status: this.#random.pick(STATUSES[fate]), statusText: '', headers: new Map(), body: new Uint8Array(0) };
  }

  #fateOf(mood: Mood): CallFate {
    if (mood === 'strict') return 'refused';
    if (this.#calm || mood === 'eager') return 'taken';
    const fates = { moody: { taken: 2, putOff: 2, unheard: 1 }, deaf: { taken: 1, unheard: 3 } } as const;
    return this.#random.weighted<CallFate>(fates[mood]);
  }
}
