const ALWAYS = 'always on here';
const LATER = 'what it governs is not served yet';
const NO_CACHE = 'changes are visible at once here';
const NO_SUCH_PART = 'there is no such part here';
const ONE_SERVER = 'there is one server: use the key without "global"';
const NO_REPLICATION = 'namespaces are not replicated here';

/**
 * Keys of Temporal that have no effect here, with the reason: those that the official development server and the test
 * suites of the official SDKs pass. Any other key that nothing reads is unknown.
 */
export const ineffectiveKeys: Readonly<Record<string, string>> = {
  'frontend.MaxExecutionCountBatchOperationPerNamespace':
    'nothing reads it in Temporal, either: a list may be as long as a request',
  'frontend.ListWorkersEnabled': ALWAYS,
  'frontend.activityAPIsEnabled': LATER,
  'frontend.enableBatchOperationsForStandaloneActivities': LATER,
  'frontend.enableExecuteMultiOperation': ALWAYS,
  'frontend.enableServerVersionCheck': 'nothing is reported to anybody',
  'frontend.enableUpdateWorkflowExecution': ALWAYS,
  'frontend.enableUpdateWorkflowExecutionAsyncAccepted': ALWAYS,
  'frontend.globalNamespaceCount': ONE_SERVER,
  'frontend.globalNamespaceRPS': ONE_SERVER,
  'frontend.globalNamespaceRPS.visibility': ONE_SERVER,
  'frontend.globalRPS': ONE_SERVER,
  'frontend.namespaceRPS.namespaceReplicationInducingAPIs': NO_REPLICATION,
  'frontend.rps.namespaceReplicationInducingAPIs': NO_REPLICATION,
  'frontend.persistenceMaxQPS': NO_SUCH_PART,
  'frontend.workerVersioningDataAPIs': LATER,
  'frontend.workerVersioningRuleAPIs': LATER,
  'frontend.workerVersioningWorkflowAPIs': LATER,
  'activity.enableCallbacks': LATER,
  'activity.enableStandalone': LATER,
  'activity.longPollTimeout': LATER,
  'activity.startDelayEnabled': LATER,
  'history.enableCHASMCallbacks': NO_SUCH_PART,
  'history.enableCHASMSignalBacklinks': NO_SUCH_PART,
  'history.enableChasm': NO_SUCH_PART,
  'history.enableRequestIdRefLinks': ALWAYS,
  'history.enableStandaloneActivityOperatorCommands': LATER,
  'history.enableTransitionHistory': NO_SUCH_PART,
  'history.hostLevelCacheMaxSize': NO_SUCH_PART,
  'history.persistenceMaxQPS': NO_SUCH_PART,
  'limit.userMetadataDetailsSize': LATER,
  'limit.userMetadataSummarySize': LATER,
  'matching.numTaskqueueReadPartitions': 'a task queue is in one piece here',
  'matching.numTaskqueueWritePartitions': 'a task queue is in one piece here',
  'nexusoperation.enableStandalone': LATER,
  'system.enableDeploymentVersions': LATER,
  'system.forceNexusEndpointRefreshOnRead': NO_CACHE,
  'system.forceSearchAttributesCacheRefreshOnRead': NO_CACHE,
  'system.refreshNexusEndpointsMinWait': NO_CACHE,
};
