import { reject } from '@perdure/core';
import type { Reply } from './handler.ts';
import type { OperatorMethods, OperatorReplyOf, OperatorRequestOf, Services } from './served-method.ts';

/** There is one cluster, this one. */
export const clusters: OperatorMethods = {
  ListClusters: listClusters,
  RemoveRemoteCluster: () => reject.notFound('The cluster to be deleted cannot be found in clusters cache.'),
};

function listClusters(
  { cluster }: Services,
  _request: OperatorRequestOf<'ListClusters'>,
): Reply<OperatorReplyOf<'ListClusters'>> {
  const { clusterName, clusterId, shardCount: historyShardCount } = cluster;
  const only = { clusterName, clusterId, initialFailoverVersion: 1, historyShardCount, isConnectionEnabled: true };
  return { message: { clusters: [only] } };
}
