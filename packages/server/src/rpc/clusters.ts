import { reject, type Rejection } from '@perdure/core';
import type { Reply } from './handler.ts';
import type { OperatorMethods, OperatorReplyOf, OperatorRequestOf, Services } from './served-method.ts';

/** There is one cluster, this one. */
export const clusters: OperatorMethods = {
  ListClusters: listClusters,
  AddOrUpdateRemoteCluster: addOrUpdateRemoteCluster,
  RemoveRemoteCluster: () => reject.notFound('The cluster to be deleted cannot be found in clusters cache.'),
};

/** Text: Temporal, frontend/errors.go; what a server says that cannot reach the other one. */
function addOrUpdateRemoteCluster(
  _services: Services,
  { frontendAddress = '' }: OperatorRequestOf<'AddOrUpdateRemoteCluster'>,
): Rejection {
  return reject.unavailable(
    `Unable connect to remote cluster ${frontendAddress} with error: this server replicates to no other.`,
  );
}

function listClusters(
  { cluster }: Services,
  _request: OperatorRequestOf<'ListClusters'>,
): Reply<OperatorReplyOf<'ListClusters'>> {
  const { clusterName, clusterId, shardCount: historyShardCount } = cluster;
  const only = { clusterName, clusterId, initialFailoverVersion: 1, historyShardCount, isConnectionEnabled: true };
  return { message: { clusters: [only] } };
}
