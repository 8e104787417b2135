/**
 * What the programs need a server to be set to, so that they reach limits and timeouts soon: dynamic config keys of
 * Temporal's, and custom search attributes of the namespace `default`.
 */
export const DYNAMIC_CONFIG: Readonly<Record<string, string>> = {
  'history.enableRequestIdRefLinks': 'true',
  'history.longPollExpirationInterval': '2s',
  'history.maximumBufferedEventsBatch': '12',
  'history.maximumSignalsPerExecution': '20',
  'history.maxTotalUpdates': '10',
  'limit.historyCount.suggestContinueAsNew': '40',
  'limit.numPendingActivities.error': '12',
  'limit.numPendingCancelRequests.error': '12',
  'limit.numPendingChildExecutions.error': '12',
  'limit.numPendingSignals.error': '12',
  'system.enableActivityEagerExecution': 'true',
  'callback.maxPerExecution': '32',
  'system.maxCallbacksPerWorkflow': '32',
};

export const SEARCH_ATTRIBUTES: Readonly<Record<string, string>> = {
  Color: 'Keyword',
  Colors: 'KeywordList',
  Count: 'Int',
  Day: 'Datetime',
  Flag: 'Bool',
  Note: 'Text',
  Ratio: 'Double',
};
