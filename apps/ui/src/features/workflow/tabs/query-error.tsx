import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { messageOf } from '../../../api/errors.ts';
import { settingsQuery } from '../../../api/queries.ts';
import { Notice } from '../../../components/notice.tsx';

export interface QueryErrorProps {
  readonly error: unknown;
  readonly tone?: 'failed' | 'waiting';
}

/** Why a query has no answer; what workers say may be more than everybody here should read. */
export function QueryError({ error, tone = 'failed' }: QueryErrorProps): ReactNode {
  const { data: settings } = useQuery(settingsQuery);
  const isHidden = settings?.hidesQueryErrors !== false;
  return (
    <Notice tone={tone}>
      {isHidden ? 'The query failed. The worker’s message is not shown here.' : messageOf(error)}
    </Notice>
  );
}
