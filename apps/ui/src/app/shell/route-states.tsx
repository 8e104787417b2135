import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { buttonClass } from '../../components/button.tsx';
import { GonePage, UnreadPage } from '../../components/page.tsx';

export function RouteFailure({ error, reset }: ErrorComponentProps): ReactNode {
  const router = useRouter();
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <UnreadPage error={error} onRetry={retry}>
      Trying again
    </UnreadPage>
  );
}

export function RouteNotFound(): ReactNode {
  return (
    <GonePage
      title="There is no such page"
      actions={
        <Link to="/" className={buttonClass({ variant: 'primary' })}>
          To the workflows
        </Link>
      }
    >
      The address may be mistyped, or come from another version.
    </GonePage>
  );
}
