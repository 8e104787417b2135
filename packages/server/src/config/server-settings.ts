import type { Setting } from './setting.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;

function numeric(
  kind: Setting<number>['kind'],
  value: number,
  scope: Setting['scope'],
  description: string,
): Setting<number> {
  return { kind, default: value, scope, description };
}

/** The keys that the shell reads. Defaults: Temporal, common/dynamicconfig/constants.go. */
export const serverSettings = {
  'frontend.deleteNamespaceNamespaceDeleteDelay': numeric(
    'duration',
    0,
    'global',
    'How long the name and settings of a deleted namespace are kept once its executions are gone.',
  ),
  'frontend.historyMaxPageSize': numeric('integer', 256, 'namespace', 'Transitions in one page of a history.'),
  'frontend.maxBadBinaries': numeric('integer', 10, 'namespace', 'Bad binaries that a namespace may name.'),
  'frontend.visibilityMaxPageSize': numeric('integer', 1_000, 'namespace', 'Executions in one page of a list.'),
  'history.longPollExpirationInterval': numeric(
    'duration',
    20 * SECOND_MS,
    'namespace',
    'How long a request waits for new events or for an update before it is answered without.',
  ),
  'matching.longPollExpirationInterval': numeric(
    'duration',
    60 * SECOND_MS,
    'namespace',
    'How long a worker waits for a task before it is answered without.',
  ),
  'system.namespaceMinRetentionLocal': numeric(
    'duration',
    HOUR_MS,
    'global',
    'The shortest retention that a namespace may have.',
  ),
} as const satisfies Readonly<Record<string, Setting<number>>>;
