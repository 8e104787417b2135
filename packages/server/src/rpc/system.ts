import { SERVER_VERSION } from '../config/version.ts';
import type { Reply } from './handler.ts';
import type { ReplyOf, Services, WorkflowMethods } from './served-method.ts';

export const system: WorkflowMethods = {
  GetSystemInfo: getSystemInfo,
  GetClusterInfo: getClusterInfo,
};

/** Clients by name, and the versions that are served. Temporal: common/headers/version_checker.go. */
const SUPPORTED_CLIENTS: Readonly<Record<string, string>> = {
  'temporal-go': '<2.0.0',
  'temporal-java': '<2.0.0',
  'temporal-php': '<2.0.0',
  'temporal-typescript': '<2.0.0',
  'temporal-cli': '<2.0.0',
  'temporal-server': '<2.0.0',
  'temporal-ui': '<3.0.0',
  'Nexus-go-sdk': '<2.0.0',
};

/**
 * Only what is served is claimed. Build ids are: workers that know it say theirs as a worker version, not as a binary
 * checksum, and it is recorded in the history.
 */
function getSystemInfo(): Reply<ReplyOf<'GetSystemInfo'>> {
  const capabilities = {
    signalAndQueryHeader: true,
    internalErrorDifferentiation: true,
    activityFailureIncludeHeartbeat: true,
    supportsSchedules: true,
    encodedFailureAttributes: true,
    buildIdBasedVersioning: true,
    upsertMemo: true,
    eagerWorkflowStart: true,
    sdkMetadata: true,
    countGroupByExecutionStatus: true,
    nexus: false,
    serverScaledDeployments: false,
  };
  return { message: { serverVersion: SERVER_VERSION, capabilities } };
}

function getClusterInfo({ cluster, store }: Services): Reply<ReplyOf<'GetClusterInfo'>> {
  return {
    message: {
      supportedClients: SUPPORTED_CLIENTS,
      serverVersion: SERVER_VERSION,
      clusterId: cluster.clusterId,
      clusterName: cluster.clusterName,
      historyShardCount: cluster.shardCount,
      persistenceStore: store.name,
      visibilityStore: store.name,
      versionInfo: {},
      initialFailoverVersion: 1,
      failoverVersionIncrement: 10,
    },
  };
}
