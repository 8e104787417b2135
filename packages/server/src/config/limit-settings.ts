import { defaultLimits, type Limits } from '@perdure/core';
import type { Setting } from './setting.ts';

function setting<Field extends keyof Limits>(
  field: Field,
  kind: Setting['kind'],
  scope: Setting['scope'],
  description: string,
): Setting & { readonly field: Field } {
  return { field, kind, scope, description, default: defaultLimits[field] };
}

/** The keys behind `Limits`, each with the field that it sets. Their defaults stand in `defaultLimits`. */
export const limitSettings = {
  'limit.maxIDLength': setting('idLengthMax', 'integer', 'global', 'Bytes of an id, name, type or identity.'),
  'limit.blobSize.error': setting('blobSizeBytesMax', 'integer', 'namespace', 'Bytes of one field of payloads.'),
  'limit.memoSize.error': setting('memoSizeBytesMax', 'integer', 'namespace', 'Bytes of a memo.'),
  'limit.historySize.error': setting('historySizeBytesMax', 'integer', 'namespace', 'Bytes at which a run is ended.'),
  'limit.historySize.suggestContinueAsNew': setting(
    'historySizeSuggestBytes',
    'integer',
    'namespace',
    'Bytes of history from which the worker is told to continue as new.',
  ),
  'limit.historyCount.error': setting('historyCountMax', 'integer', 'namespace', 'Events at which a run is ended.'),
  'limit.historyCount.suggestContinueAsNew': setting(
    'historyCountSuggest',
    'integer',
    'namespace',
    'Events from which the worker is told to continue as new.',
  ),
  'limit.mutableStateSize.error': setting(
    'mutableStateSizeBytesMax',
    'integer',
    'global',
    'Bytes of state beside the history at which a run is ended.',
  ),
  'system.transactionSizeLimit': setting(
    'transactionSizeBytesMax',
    'integer',
    'global',
    'Bytes of events that one workflow task may write; with more the run is ended.',
  ),
  'limit.numPendingActivities.error': setting(
    'pendingActivitiesMax',
    'integer',
    'namespace',
    'Activities of one run that are not done.',
  ),
  'limit.numPendingChildExecutions.error': setting(
    'pendingChildrenMax',
    'integer',
    'namespace',
    'Children of one run that are not closed.',
  ),
  'limit.numPendingSignals.error': setting(
    'pendingSignalsMax',
    'integer',
    'namespace',
    'Signals of one run to others that are on their way.',
  ),
  'limit.numPendingCancelRequests.error': setting(
    'pendingCancelRequestsMax',
    'integer',
    'namespace',
    'Cancel requests of one run to others that are on their way.',
  ),
  'limit.mutableStateActivityFailureSize.error': setting(
    'activityFailureSizeBytesMax',
    'integer',
    'namespace',
    'Bytes kept of the last failure of an activity that is retried.',
  ),
  'history.maximumSignalsPerExecution': setting('signalsMax', 'integer', 'namespace', 'Signals that one run takes.'),
  'history.maximumBufferedEventsBatch': setting(
    'bufferedEventsMax',
    'integer',
    'global',
    'Events held back while a workflow task runs.',
  ),
  'history.maximumBufferedEventsSizeInBytes': setting(
    'bufferedEventsSizeBytesMax',
    'integer',
    'global',
    'Bytes of events held back while a workflow task runs.',
  ),
  'history.MaxBufferedQueryCount': setting(
    'bufferedQueriesMax',
    'integer',
    'global',
    'Queries of one run that wait for a workflow task.',
  ),
  'history.maxInFlightUpdates': setting(
    'updatesInFlightMax',
    'integer',
    'namespace',
    'Updates of one run that are not completed.',
  ),
  'history.maxInFlightUpdatePayloads': setting(
    'updatesInFlightSizeBytesMax',
    'integer',
    'namespace',
    'Bytes of the updates of one run that no worker has accepted.',
  ),
  'history.maxTotalUpdates': setting('updatesMax', 'integer', 'namespace', 'Updates that one run takes.'),
  'history.maxTotalUpdates.suggestContinueAsNewThreshold': setting(
    'updatesSuggestShare',
    'number',
    'namespace',
    'The share of the updates of one run from which the worker is told to continue as new.',
  ),
  'history.discardSpeculativeWorkflowTaskMaximumEventsCount': setting(
    'speculativeTaskEventsMax',
    'integer',
    'global',
    'Events with which a workflow task may be dropped that came to nothing but rejected updates.',
  ),
  'history.defaultWorkflowTaskTimeout': setting(
    'workflowTaskTimeoutDefaultMs',
    'duration',
    'namespace',
    'Timeout of a workflow task whose start names none.',
  ),
  'history.workflowTaskHeartbeatTimeout': setting(
    'workflowTaskHeartbeatTimeoutMs',
    'duration',
    'namespace',
    'How long heartbeats may stretch one workflow task.',
  ),
  'history.workflowTaskRetryMaxInterval': setting(
    'workflowTaskRetryIntervalMaxMs',
    'duration',
    'global',
    'The longest extra timeout of a workflow task that keeps failing.',
  ),
  'history.workflowIdReuseMinimalInterval': setting(
    'runLifetimeMinMs',
    'duration',
    'namespace',
    'The shortest life of a run that continues as new.',
  ),
  'system.enableActivityEagerExecution': setting(
    'eagerActivities',
    'boolean',
    'namespace',
    'Whether a worker gets activities back with the workflow task that it completes.',
  ),
  'system.enableEagerWorkflowStart': setting(
    'eagerWorkflowStart',
    'boolean',
    'namespace',
    'Whether a start may return the first workflow task.',
  ),
  'system.enableCrossNamespaceCommands': setting(
    'crossNamespaceCommands',
    'boolean',
    'global',
    'Whether a workflow may start, signal and cancel workflows of other namespaces.',
  ),
  'history.historyMaxAutoResetPoints': setting(
    'resetPointsMax',
    'integer',
    'namespace',
    'Builds of its workers to whose first workflow task a run can be reset.',
  ),
  'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute': setting(
    'problemsToReport',
    'integer',
    'namespace',
    'Failed workflow tasks in a row after which a run can be found by its problem; 0: never.',
  ),
  'system.maxCallbacksPerWorkflow': setting(
    'callbacksMax',
    'integer',
    'namespace',
    'Completion callbacks that one run may have.',
  ),
  'component.callbacks.request.timeout': setting(
    'callbackTimeoutMs',
    'duration',
    'namespace',
    'How long an attempt to call back may take.',
  ),
  'component.callbacks.retryPolicy.initialInterval': setting(
    'callbackRetryInitialMs',
    'duration',
    'global',
    'How long the second attempt to call back waits; each further one twice as long.',
  ),
  'component.callbacks.retryPolicy.maxInterval': setting(
    'callbackRetryMaximumMs',
    'duration',
    'global',
    'How long an attempt to call back waits at the most.',
  ),
  'frontend.searchAttributesNumberOfKeysLimit': setting(
    'searchAttributeKeysMax',
    'integer',
    'namespace',
    'Search attributes of one run.',
  ),
  'frontend.searchAttributesSizeOfValueLimit': setting(
    'searchAttributeValueSizeBytesMax',
    'integer',
    'namespace',
    'Bytes of one search attribute.',
  ),
  'frontend.searchAttributesTotalSizeLimit': setting(
    'searchAttributesSizeBytesMax',
    'integer',
    'namespace',
    'Bytes of all search attributes of one run.',
  ),
} as const satisfies Readonly<Record<string, Setting & { readonly field: keyof Limits }>>;
