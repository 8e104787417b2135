import type { Env } from '@perdure/core';
import { encodeHistoryEvent, messageType } from '@perdure/proto';
import { randomShare } from '../host/host.ts';
import type { ShardContext } from './context.ts';

const LIST_INFO = messageType('temporal.api.schedule.v1.ScheduleListInfo');

/** Says what a step may know of the world. What does not differ between steps is made once. */
export function createEnvSource(
  { host, namespaces }: Pick<ShardContext, 'host' | 'namespaces'>,
  nowMs: () => number,
): (namespaceId: string) => Env {
  const newId = (): string => host.uuid();
  const random = (): number => randomShare(host);
  const encodeListInfo: Env['encodeListInfo'] = (info) => LIST_INFO.encode(info);
  return (namespaceId) => {
    const namespace = namespaces.view(namespaceId);
    return {
      nowMs: nowMs(),
      limits: namespaces.limits(namespaceId),
      namespace,
      newId,
      random,
      encodeEvent: encodeHistoryEvent,
      encodeListInfo,
      namespaceByName: (name) => (name === '' ? namespace : namespaces.byName(name)),
    };
  };
}
