import type { AddressRule } from '../callbacks/address-rules.ts';
import type { Setting } from './setting.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

function numeric(
  kind: Setting<number>['kind'],
  value: number,
  scope: Setting['scope'],
  description: string,
): Setting<number> {
  return { kind, default: value, scope, description };
}

function flag(value: boolean, scope: Setting['scope'], description: string): Setting<boolean> {
  return { kind: 'boolean', default: value, scope, description };
}

const NO_ADDRESSES: Setting<readonly AddressRule[]> = {
  kind: 'addresses',
  default: [],
  scope: 'namespace',
  description: 'Which addresses may be called back, as a list of {"Pattern": "host:port", "AllowInsecure": true}.',
  formerly: ['chasm.callback.allowedAddresses', 'component.callbacks.allowedAddresses'],
};

const NO_NAMES: Setting<readonly string[]> = {
  kind: 'names',
  default: [],
  scope: 'global',
  description: 'Namespaces that nobody can delete.',
};

/** The keys that the shell reads. Defaults: Temporal, common/dynamicconfig/constants.go. */
export const serverSettings = {
  'callback.allowedAddresses': NO_ADDRESSES,
  'frontend.callbackURLMaxLength': numeric('integer', 1_000, 'namespace', 'Bytes of the address of a callback.'),
  'frontend.callbackHeaderMaxLength': numeric('integer', 8_192, 'namespace', 'Bytes of the header of a callback.'),
  'frontend.deleteNamespaceNamespaceDeleteDelay': numeric(
    'duration',
    0,
    'global',
    'How long the name and settings of a deleted namespace are kept once its executions are gone.',
  ),
  'frontend.enableBatcher': flag(true, 'namespace', 'Whether batch operations are served.'),
  'frontend.enableCancelWorkerPollsOnShutdown': flag(
    false,
    'namespace',
    'Whether the polls of a worker end when it says that it shuts down.',
  ),
  'frontend.historyMaxPageSize': numeric(
    'integer',
    256,
    'namespace',
    'Transitions in one page of a history where the request does not say; it may say up to 256.',
  ),
  'frontend.linkMaxSize': numeric('integer', 4_000, 'namespace', 'Bytes of one link.'),
  'frontend.maxLinksPerRequest': numeric('integer', 10, 'namespace', 'Links that one request may carry.'),
  'frontend.maxBadBinaries': numeric('integer', 10, 'namespace', 'Bad binaries that a namespace may name.'),
  'frontend.MaxConcurrentBatchOperationPerNamespace': numeric(
    'integer',
    1,
    'namespace',
    'Batch operations that may be under way in a namespace.',
  ),
  'frontend.namespaceBurstRatio': numeric(
    'number',
    2,
    'namespace',
    'How many seconds of the rate of a namespace may come at once. At least 1.',
  ),
  'frontend.namespaceBurstRatio.visibility': numeric(
    'number',
    1,
    'namespace',
    'How many seconds of the rate of searches in a namespace may come at once. At least 1.',
  ),
  'frontend.namespaceCount': numeric(
    'integer',
    12_000,
    'namespace',
    'Calls of one method in a namespace that may wait at a time. Ten times the limit of a host of Temporal (1,200).',
  ),
  'frontend.namespaceRPS': numeric(
    'integer',
    24_000,
    'namespace',
    'Calls in a namespace a second. Ten times the limit of a host of Temporal (2,400), as one server serves so many.',
  ),
  'frontend.namespaceRPS.visibility': numeric(
    'integer',
    100,
    'namespace',
    "Searches in a namespace a second. That of Temporal's development server; its others have 10.",
  ),
  'frontend.rps': numeric(
    'integer',
    24_000,
    'global',
    'Calls a second, and as many searches. Ten times the limit of a host of Temporal (2,400).',
  ),
  'frontend.sendRawWorkflowHistory': flag(
    false,
    'namespace',
    'Whether clients get histories in parts, each encoded by itself.',
  ),
  'frontend.WorkflowPauseEnabled': flag(false, 'namespace', 'Whether workflows can be paused.'),
  'frontend.WorkerHeartbeatsEnabled': flag(true, 'namespace', 'Whether the heartbeats of workers are taken in.'),
  'frontend.visibilityMaxPageSize': numeric('integer', 1_000, 'namespace', 'Executions in one page of a list.'),
  'history.longPollExpirationInterval': numeric(
    'duration',
    20 * SECOND_MS,
    'namespace',
    'How long a request waits for new events or for an update before it is answered without.',
  ),
  'limit.historyMaxPageSize': numeric(
    'integer',
    256,
    'namespace',
    'Transitions in the part of the history that comes with a workflow task.',
  ),
  'limit.reachabilityQueryBuildIds': numeric(
    'integer',
    5,
    'global',
    'Builds about whose reachability one description of a task queue may be asked.',
  ),
  'limit.workerBuildIdSize': numeric('integer', 255, 'global', 'Bytes of the build id of a worker.'),
  'matching.historyMaxPageSize': numeric(
    'integer',
    256,
    'namespace',
    'Transitions in the part of the history that comes with a query.',
  ),
  'matching.longPollExpirationInterval': numeric(
    'duration',
    60 * SECOND_MS,
    'task queue',
    'How long a worker waits for a task before it is answered without.',
  ),
  'matching.maxFairnessKeyWeightOverrides': numeric(
    'integer',
    1_000,
    'task queue',
    'Weights of fairness keys that a task queue may have, and a request may set and unset.',
  ),
  'matching.pollerScalingDecisionsPerSecond': numeric(
    'number',
    10,
    'task queue',
    'How often in a second a poller may be told to poll more.',
  ),
  'matching.pollerScalingMinimumBacklog': numeric(
    'duration',
    200,
    'task queue',
    'Age of a backlog from which workers are told to poll more.',
  ),
  'matching.pollerScalingWaitTime': numeric(
    'duration',
    SECOND_MS,
    'task queue',
    'A poll that waits this long for its task is one too many.',
  ),
  'matching.workerRegistryEntryTTL': numeric(
    'duration',
    5 * MINUTE_MS,
    'global',
    'How long a worker is known after its last heartbeat.',
  ),
  'system.visibilityQueryTimeout': numeric(
    'duration',
    10 * SECOND_MS,
    'namespace',
    "How long a search may take. A key of our own: in Temporal's stores nothing but the caller's deadline ends one.",
  ),
  'system.namespaceMinRetentionLocal': numeric(
    'duration',
    HOUR_MS,
    'global',
    'The shortest retention that a namespace may have.',
  ),
  'worker.batcherConcurrency': numeric(
    'integer',
    5,
    'namespace',
    'Executions that a batch operation works on at the same time.',
  ),
  'worker.batcherRPS': numeric(
    'integer',
    50,
    'namespace',
    'Executions that a batch operation works on in a second, at most.',
  ),
  'worker.protectedNamespaces': NO_NAMES,
  'worker.schedulerNamespaceStartWorkflowRPS': numeric(
    'number',
    30,
    'namespace',
    'Workflows that the schedules of a namespace start in a second; the others wait for their turn.',
  ),
} as const satisfies Readonly<Record<string, Setting>>;
