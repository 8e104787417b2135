import { present } from '../kernel/assert.ts';
import type { NamespaceView } from '../kernel/env.ts';
import { startDelivery } from './child/child-start.ts';
import { callbackDeliveries, callbacksUnderWay } from './callback/callback.ts';
import { untold } from './callback/watcher.ts';
import { closingDeliveries, owesOnClose } from './close/closing-state.ts';
import type { Delivery, Message } from '../aggregate/delivery.ts';
import type { ExternalRequest } from './external/external-request.ts';
import { externalDelivery } from './external/external-delivery.ts';
import { resetDelivery } from './reset/automatic.ts';
import { isOpen, type Run } from './run.ts';

/**
 * What a run has on its way to others: of an open run the starts of its children, its signals and cancel requests, and
 * its own reset, and news of updates; of a closed run the news to its parent, its watchers and whoever is called back,
 * and the parent close policy. It goes out when it arises, and again after a restart, until the run has settled it.
 */
export type OutboxEntry =
  | { readonly kind: 'child' | 'external' | 'policy'; readonly initiatedEventId: number }
  | { readonly kind: 'watcher'; readonly token: string }
  | { readonly kind: 'callback'; readonly id: string }
  | { readonly kind: 'parent' | 'reset' };

const KEY = /^(child|external|policy):(\d+)$/;

const WATCHER_PREFIX = 'watcher:';
const CALLBACK_PREFIX = 'callback:';

/**
 * What a `Delivery.key` stands for: `child:<id>`, `external:<id>`, `policy:<id>`, `watcher:<token>`, `callback:<id>`,
 * `parent` or `reset`.
 */
export function outboxEntry(key: Delivery['key']): OutboxEntry | undefined {
  if (key === 'parent' || key === 'reset') return { kind: key };
  if (key.startsWith(WATCHER_PREFIX)) return { kind: 'watcher', token: key.slice(WATCHER_PREFIX.length) };
  if (key.startsWith(CALLBACK_PREFIX)) return { kind: 'callback', id: key.slice(CALLBACK_PREFIX.length) };
  const [, kind, id] = KEY.exec(key) ?? [];
  if (kind === undefined) return undefined;
  return { kind: kind as 'child' | 'external' | 'policy', initiatedEventId: Number(id) };
}

/**
 * Whether the run still waits for this to be delivered. To be asked before each attempt: a child whose parent has
 * closed before the start went out is never started.
 */
export function isPending(run: Run, key: Delivery['key']): boolean {
  const entry = outboxEntry(key);
  switch (entry?.kind) {
    case 'child':
      return run.externals.get(entry.initiatedEventId)?.kind === 'startChild';
    case 'external': {
      const request = run.externals.get(entry.initiatedEventId);
      return request !== undefined && request.kind !== 'startChild';
    }
    case 'policy':
      return run.closing?.children.has(entry.initiatedEventId) === true;
    case 'watcher': {
      const { token } = entry;
      return untold(run).some((watcher) => watcher.token === token);
    }
    case 'callback':
      return callbacksUnderWay(run).some(({ id }) => id === entry.id);
    case 'parent':
      return run.closing?.parentNews !== undefined;
    case 'reset':
      return resetDelivery(run) !== undefined;
    case undefined:
      return false;
  }
}

/** Whether anything is on its way. */
export function owes(run: Run): boolean {
  if (run.closing === undefined) {
    return run.externals.size > 0 || resetDelivery(run) !== undefined || callbacksUnderWay(run).length > 0;
  }
  return owesOnClose(run);
}

/** Everything that is on its way, in the order in which it has to go out. */
export function pendingDeliveries(run: Run, namespace: NamespaceView): readonly Delivery[] {
  if (!isOpen(run)) return closingDeliveries(run);
  const asked = Array.from(run.externals.values(), (request) => openDelivery(run, namespace, request));
  const reset = resetDelivery(run);
  return [...asked, ...callbackDeliveries(run), ...(reset === undefined ? [] : [reset])];
}

function openDelivery(run: Run, namespace: NamespaceView, request: ExternalRequest): Message {
  if (request.kind !== 'startChild') return externalDelivery(run, request);
  const child = present(run.children.get(request.initiatedEventId), 'a start on its way has its child');
  return startDelivery(run, namespace, child);
}
