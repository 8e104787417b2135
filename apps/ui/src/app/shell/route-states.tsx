import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { buttonClass } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, Failure } from '../../components/states.tsx';

export function RouteFailure({ error, reset }: ErrorComponentProps): ReactNode {
  const router = useRouter();
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <Page title="Something went wrong" heading="">
      <Failure error={error} onRetry={retry} />
    </Page>
  );
}

export function RouteNotFound(): ReactNode {
  return (
    <Page title="No such page" heading="">
      <Empty
        title="There is no such page"
        actions={
          <Link to="/" className={buttonClass({ variant: 'primary' })}>
            To the workflows
          </Link>
        }
      >
        The address may be mistyped, or come from another version.
      </Empty>
    </Page>
  );
}
