import { DAY_MS } from '@perdure/core';
import { makeProfile, type FaultProfile } from './faults/profile.ts';
import type { Random } from './kernel/random.ts';
import { TARGET_HOST } from './network/callback-target.ts';
import { createDynamicConfig, type DynamicConfig } from '@perdure/server/testing';

/** What a seed decides before anything runs. */
export interface Settings {
  readonly shardCount: number;
  readonly namespaces: readonly string[];
  /** One of them, which is deleted sooner or later; undefined: none is. */
  readonly doomed: string | undefined;
  readonly queues: readonly string[];
  readonly workflowIds: readonly string[];
  /** Workers of each queue in each namespace. */
  readonly workersEach: number;
  readonly workflowsInMemoryMax: number;
  readonly longTimers: boolean;
  /** How long closed runs are kept. */
  readonly retentionMs: number;
  readonly config: DynamicConfig;
  readonly faults: FaultProfile;
}

/** So short that runs go while the workload goes on. */
const SHORT_RETENTION_MS = 10_000;

/** How many shards a server has whose caller does not say. */
const SHARD_COUNTS = [1, 1, 8] as const;

export function makeSettings(random: Random, shardCount: number | undefined): Settings {
  const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
  const doomed = random.chance(0.25) ? 'namespace-doomed' : undefined;
  const lasting = names('namespace-', random.pick([1, 1, 2]));
  return {
    doomed,
    shardCount: shardCount ?? random.pick(SHARD_COUNTS),
    namespaces: doomed === undefined ? lasting : [...lasting, doomed],
    queues: names('queue-', random.int(1, 2)),
    workflowIds: names('w', random.int(3, 8)),
    workersEach: random.int(1, 2),
    workflowsInMemoryMax: random.pick([1, 3, 10, 1_000]),
    longTimers: random.chance(0.1),
    retentionMs: random.pick([DAY_MS, DAY_MS, SHORT_RETENTION_MS]),
    config: makeConfig(random),
    faults: makeProfile(random),
  };
}

/** Limits that are met in small runs as well. */
function makeConfig(random: Random): DynamicConfig {
  const value = (number: number) => [{ value: number }];
  const result = createDynamicConfig({
    'frontend.historyMaxPageSize': value(random.pick([2, 10, 256, 256])),
    'limit.historyMaxPageSize': value(random.pick([2, 10, 256, 256])),
    'matching.historyMaxPageSize': value(random.pick([2, 256])),
    'frontend.visibilityMaxPageSize': value(random.pick([3, 1_000])),
    // So short that it is over while the workload goes on.
    'system.namespaceMinRetentionLocal': [{ value: '1s' }],
    'frontend.WorkflowPauseEnabled': [{ value: true }],
    'history.maximumBufferedEventsBatch': value(random.pick([3, 100])),
    'history.MaxBufferedQueryCount': value(random.pick([1, 5])),
    'history.longPollExpirationInterval': value(random.pick([2, 20])),
    'matching.longPollExpirationInterval': value(random.pick([5, 60])),
    'callback.retryPolicy.maxInterval': value(random.pick([3, 3_600])),
    'callback.allowedAddresses': [{ value: [{ Pattern: TARGET_HOST, AllowInsecure: true }] }],
  });
  if (result.kind === 'invalid') throw new Error(result.problems.join('\n'));
  return result.config;
}
