import type { WorkerHeartbeat } from '@perdure/proto/json-types';
import type { ReactNode } from 'react';
import { instantMs } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import styles from './workers.module.css';

/** Workers report each minute; who has missed two is not heard of. */
const silentAfterMs = 150_000;

/** What a worker says of itself, or that it says nothing any more. */
export function WorkerState({ worker }: { readonly worker: WorkerHeartbeat }): ReactNode {
  const nowMs = useNow();
  const heardMs = instantMs(worker.heartbeatTime);
  const isSilent = heardMs !== undefined && nowMs - heardMs > silentAfterMs;
  const [tone, name] =
    worker.status === 'WORKER_STATUS_SHUTDOWN'
      ? (['quiet', 'Shut down'] as const)
      : isSilent
        ? (['failed', 'Silent'] as const)
        : worker.status === 'WORKER_STATUS_SHUTTING_DOWN'
          ? (['waiting', 'Shutting down'] as const)
          : (['running', 'Running'] as const);
  return (
    <span className={styles.state} data-tone={tone}>
      {name}
    </span>
  );
}
