import type { DescribeTaskQueueResponse, PollerInfo } from '@perdure/proto/json-types';
import { durationMs } from '../../../lib/time.ts';
import type { QueueKind } from '../api.ts';

/** One who polls a queue, for one or both kinds of tasks. */
export interface Poller {
  readonly identity: string;
  readonly kinds: readonly QueueKind[];
  readonly lastAccessTime: string | undefined;
  /** Tasks a second that it takes at most; undefined for no limit that matters. */
  readonly rate: number | undefined;
  readonly version: string;
}

/** What the server says for a worker that set no rate. */
const unlimitedRate = 100_000;

/** All pollers, each once, who was there last first. */
export function pollersOf(
  replies: readonly (readonly [QueueKind, DescribeTaskQueueResponse | undefined])[],
): readonly Poller[] {
  const byIdentity = new Map<string, (readonly [QueueKind, PollerInfo])[]>();
  for (const [kind, reply] of replies) {
    for (const poller of reply?.pollers ?? []) {
      const identity = poller.identity ?? '';
      byIdentity.set(identity, [...(byIdentity.get(identity) ?? []), [kind, poller]]);
    }
  }
  const pollers = [...byIdentity].map(([identity, polls]): Poller => {
    const rates = polls
      .map(([, { ratePerSecond = unlimitedRate }]) => ratePerSecond)
      .filter((rate) => rate < unlimitedRate);
    return {
      identity,
      kinds: [...new Set(polls.map(([kind]) => kind))],
      lastAccessTime:
        polls
          .map(([, { lastAccessTime = '' }]) => lastAccessTime)
          .sort()
          .at(-1) || undefined,
      rate: rates.length === 0 ? undefined : Math.min(...rates),
      version: polls.map(([, poller]) => versionOf(poller)).find((text) => text !== '') ?? '',
    };
  });
  return pollers.sort((a, b) => (b.lastAccessTime ?? '').localeCompare(a.lastAccessTime ?? ''));
}

function versionOf({ deploymentOptions, workerVersionCapabilities }: PollerInfo): string {
  if (deploymentOptions?.deploymentName)
    return `${deploymentOptions.deploymentName} ${deploymentOptions.buildId ?? ''}`;
  return deploymentOptions?.buildId ?? workerVersionCapabilities?.buildId ?? '';
}

/** How a queue is doing for one kind of task. */
export interface QueueHealth {
  readonly backlog: number;
  readonly oldestMs: number;
  readonly pollerCount: number;
  /** Tasks wait and nobody is there to take them. */
  readonly isDeserted: boolean;
}

export function healthOf({ pollers = [], stats }: DescribeTaskQueueResponse): QueueHealth {
  const backlog = Number(stats?.approximateBacklogCount ?? 0);
  return {
    backlog,
    oldestMs: durationMs(stats?.approximateBacklogAge) ?? 0,
    pollerCount: pollers.length,
    isDeserted: backlog > 0 && pollers.length === 0,
  };
}

/** A rate as people read it: `2.5/s`, `12/min` for what is slow. */
export function rateText(perSecond: number | undefined): string {
  const rate = perSecond ?? 0;
  if (rate === 0) return '0/s';
  if (rate < 0.1) return `${trim(rate * 60)}/min`;
  return `${trim(rate)}/s`;
}

function trim(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(2)));
}
