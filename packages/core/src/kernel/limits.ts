import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './time.ts';

/** Limits and defaults that a transition obeys. Each has its dynamic-config key; defaults are those of Temporal 1.32. */
export interface Limits {
  /** `limit.maxIDLength`: bytes of any id, name, type or identity. */
  readonly idLengthMax: number;
  /** `limit.blobSize.error`: bytes of one payload field. */
  readonly blobSizeBytesMax: number;
  /** `limit.blobSize.warn`: bytes of one event from which the server warns, and that are kept of a failure too large for one. */
  readonly blobSizeWarnBytes: number;
  /** `limit.memoSize.error`: bytes of a memo. */
  readonly memoSizeBytesMax: number;
  /** `limit.memoSize.warn`: bytes of a memo from which the server warns. */
  readonly memoSizeWarnBytes: number;
  /** `limit.historySize.error`: bytes after which a run is terminated. */
  readonly historySizeBytesMax: number;
  /** `limit.historySize.warn`: bytes from which the server warns. */
  readonly historySizeWarnBytes: number;
  /** `limit.historySize.suggestContinueAsNew`: bytes from which continue-as-new is suggested. */
  readonly historySizeSuggestBytes: number;
  /** `limit.historyCount.error`: events after which a run is terminated. */
  readonly historyCountMax: number;
  /** `limit.historyCount.warn`: events from which the server warns. */
  readonly historyCountWarn: number;
  /** `limit.historyCount.suggestContinueAsNew`: events from which continue-as-new is suggested. */
  readonly historyCountSuggest: number;
  /** `limit.mutableStateSize.error`: bytes of state, beside the history, after which a run is terminated. */
  readonly mutableStateSizeBytesMax: number;
  /** `limit.mutableStateSize.warn`: bytes of it from which the server warns. */
  readonly mutableStateSizeWarnBytes: number;
  /** `system.transactionSizeLimit`: bytes of events that one workflow task may write. */
  readonly transactionSizeBytesMax: number;
  /** `limit.numPendingActivities.error`. */
  readonly pendingActivitiesMax: number;
  /** `limit.numPendingChildExecutions.error`. */
  readonly pendingChildrenMax: number;
  /** `limit.numPendingSignals.error`: signals to other workflows on their way. */
  readonly pendingSignalsMax: number;
  /** `limit.numPendingCancelRequests.error`: cancel requests to other workflows on their way. */
  readonly pendingCancelRequestsMax: number;
  /** `history.maximumSignalsPerExecution`. */
  readonly signalsMax: number;
  /** `history.maximumBufferedEventsBatch`: events held back while a workflow task runs. */
  readonly bufferedEventsMax: number;
  /** `history.maximumBufferedEventsSizeInBytes`. */
  readonly bufferedEventsSizeBytesMax: number;
  /** `history.defaultWorkflowTaskTimeout`. */
  readonly workflowTaskTimeoutDefaultMs: number;
  /** `history.maxWorkflowTaskTimeout` (a constant there). */
  readonly workflowTaskTimeoutMaxMs: number;
  /** `history.workflowTaskHeartbeatTimeout`: how long heartbeats may stretch one workflow task. */
  readonly workflowTaskHeartbeatTimeoutMs: number;
  /** `history.workflowTaskRetryMaxInterval`: the longest extra timeout of a workflow task that keeps failing. */
  readonly workflowTaskRetryIntervalMaxMs: number;
  /** `history.workflowIdReuseMinimalInterval`: the shortest life of a run that continues as new. */
  readonly runLifetimeMinMs: number;
  /** `history.enableWorkflowIdReuseStartTimeValidation`: whether an id is free no sooner than that after its last start. */
  readonly checksReuseInterval: boolean;
  /** `history.defaultActivityRetryPolicy`: how an activity is retried where its policy, or its having none, leaves it open. */
  readonly activityRetry: RetryDefaults;
  /** `history.defaultWorkflowRetryPolicy`: the same for a workflow that has a policy. */
  readonly workflowRetry: RetryDefaults;
  /** `limit.mutableStateActivityFailureSize.error`: bytes of a last failure that are kept for describe. */
  readonly activityFailureSizeBytesMax: number;
  /** `system.enableActivityEagerExecution`. */
  readonly eagerActivities: boolean;
  /** `system.enableEagerWorkflowStart`. */
  readonly eagerWorkflowStart: boolean;
  /** `system.enableCrossNamespaceCommands`. */
  readonly crossNamespaceCommands: boolean;
  /** `history.externalPayloadsEnabled`: whether a run says what it refers to in storage elsewhere. */
  readonly showsExternalPayloads: boolean;
  /** `frontend.searchAttributesNumberOfKeysLimit`. */
  readonly searchAttributeKeysMax: number;
  /** `frontend.searchAttributesSizeOfValueLimit`: bytes of one value. */
  readonly searchAttributeValueSizeBytesMax: number;
  /** `frontend.searchAttributesTotalSizeLimit`: bytes of all. */
  readonly searchAttributesSizeBytesMax: number;
  /** `history.MaxBufferedQueryCount`: queries that wait for a workflow task of one run. */
  readonly bufferedQueriesMax: number;
  /** `history.maxInFlightUpdates`: updates of one run that are not completed. */
  readonly updatesInFlightMax: number;
  /** `history.maxInFlightUpdatePayloads`: bytes of the requests of those that no worker has accepted. */
  readonly updatesInFlightSizeBytesMax: number;
  /** `history.maxTotalUpdates`: updates that one run takes. */
  readonly updatesMax: number;
  /** `history.maxTotalUpdates.suggestContinueAsNewThreshold`: the share of `updatesMax` from which continue-as-new is suggested. */
  readonly updatesSuggestShare: number;
  /** `history.discardSpeculativeWorkflowTaskMaximumEventsCount`: events with which a speculative task may be dropped. */
  readonly speculativeTaskEventsMax: number;
  /** `history.historyMaxAutoResetPoints`: reset points that a run keeps. */
  readonly resetPointsMax: number;
  /** `system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute`: failed workflow tasks in a row after which a run
   *  can be found by its problem; 0: never. */
  readonly problemsToReport: number;
  /** `callback.maxPerExecution`: completion callbacks of one run. */
  readonly callbacksMax: number;
  /** `history.enableUpdateCallbacks`: whether updates call back. */
  readonly updateCallbacks: boolean;
  /** `system.maxCallbacksPerWorkflow`: callbacks of one run, those of updates included, beyond which no update may have any. */
  readonly updateCallbacksRunMax: number;
  /** `system.maxCallbacksPerUpdateID`: callbacks of one update. */
  readonly updateCallbacksMax: number;
  /** `callback.request.timeout`: how long an attempt to call back may take. */
  readonly callbackTimeoutMs: number;
  /** `callback.retryPolicy.initialInterval`: how long the second attempt waits; each further one twice as long. */
  readonly callbackRetryInitialMs: number;
  /** `callback.retryPolicy.maxInterval`: how long it waits at the most. */
  readonly callbackRetryMaximumMs: number;
  /** Retention of a closed run where its namespace sets none. */
  readonly retentionDefaultMs: number;
}

/** What a retry policy is where it does not say. */
export interface RetryDefaults {
  readonly initialIntervalMs: number;
  readonly backoffCoefficient: number;
  /** The longest interval, as a multiple of the initial one. */
  readonly maximumIntervalCoefficient: number;
  /** 0: as many as it takes. */
  readonly maximumAttempts: number;
}

/** Whether so many are as many as may be; a limit of 0, or below, is none. Temporal: withinLimit, registry.go. */
export function isAtLimit(count: number, max: number): boolean {
  return max > 0 && count >= max;
}

const RETRY_DEFAULTS: RetryDefaults = {
  initialIntervalMs: SECOND_MS,
  backoffCoefficient: 2,
  maximumIntervalCoefficient: 100,
  maximumAttempts: 0,
};

const MEBIBYTE = 1024 * 1024;

export const defaultLimits: Limits = {
  idLengthMax: 1_000,
  blobSizeBytesMax: 2 * MEBIBYTE,
  blobSizeWarnBytes: 512 * 1024,
  memoSizeBytesMax: 2 * MEBIBYTE,
  memoSizeWarnBytes: 2 * 1024,
  historySizeBytesMax: 50 * MEBIBYTE,
  historySizeWarnBytes: 10 * MEBIBYTE,
  historySizeSuggestBytes: 4 * MEBIBYTE,
  historyCountMax: 51_200,
  historyCountWarn: 10_240,
  historyCountSuggest: 4_096,
  mutableStateSizeBytesMax: 8 * MEBIBYTE,
  mutableStateSizeWarnBytes: MEBIBYTE,
  transactionSizeBytesMax: 4 * MEBIBYTE,
  pendingActivitiesMax: 2_000,
  pendingChildrenMax: 2_000,
  pendingSignalsMax: 2_000,
  pendingCancelRequestsMax: 2_000,
  signalsMax: 10_000,
  bufferedEventsMax: 100,
  bufferedEventsSizeBytesMax: 2 * MEBIBYTE,
  workflowTaskTimeoutDefaultMs: 10 * SECOND_MS,
  workflowTaskTimeoutMaxMs: 2 * MINUTE_MS,
  workflowTaskHeartbeatTimeoutMs: 30 * MINUTE_MS,
  workflowTaskRetryIntervalMaxMs: 10 * MINUTE_MS,
  runLifetimeMinMs: SECOND_MS,
  checksReuseInterval: false,
  activityRetry: RETRY_DEFAULTS,
  workflowRetry: RETRY_DEFAULTS,
  activityFailureSizeBytesMax: 4 * 1024,
  eagerActivities: true,
  eagerWorkflowStart: true,
  crossNamespaceCommands: false,
  showsExternalPayloads: true,
  searchAttributeKeysMax: 100,
  searchAttributeValueSizeBytesMax: 2 * 1024,
  searchAttributesSizeBytesMax: 40 * 1024,
  bufferedQueriesMax: 1,
  updatesInFlightMax: 10,
  updatesInFlightSizeBytesMax: 20 * MEBIBYTE,
  updatesMax: 2_000,
  updatesSuggestShare: 0.9,
  speculativeTaskEventsMax: 10,
  resetPointsMax: 20,
  problemsToReport: 5,
  callbacksMax: 2_000,
  updateCallbacks: false,
  updateCallbacksRunMax: 32,
  updateCallbacksMax: 32,
  callbackTimeoutMs: 10 * SECOND_MS,
  callbackRetryInitialMs: SECOND_MS,
  callbackRetryMaximumMs: HOUR_MS,
  retentionDefaultMs: DAY_MS,
};
