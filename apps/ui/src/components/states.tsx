import type { ReactNode } from 'react';
import { GrpcCode, hasCode, isTransient, messageOf } from '../api/errors.ts';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import styles from './states.module.css';

/** The mark: growth rings, which is how something shows that it has lasted. Turns while something is awaited. */
export function Rings({
  size = 22,
  isTurning = false,
}: {
  readonly size?: number;
  readonly isTurning?: boolean;
}): ReactNode {
  return (
    <svg
      className={classes(styles.rings, isTurning && styles.turning)}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M12 1.9a10.1 10.1 0 1 1-8.7 5" />
      <path d="M17.6 9a6.2 6.2 0 1 1-4.5-3.1" />
      <circle cx="12" cy="12" r="2.1" fill="currentColor" stroke="none" />
    </svg>
  );
}

export function Loading({ children = 'Loading' }: { readonly children?: ReactNode }): ReactNode {
  return (
    <div className={styles.loading} role="status">
      <Rings isTurning />
      {children}
    </div>
  );
}

export interface EmptyProps {
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** It is all that the page has, and its title the page's heading. */
  readonly isPage?: boolean;
}

/** Nothing is here: why, and what to do. */
export function Empty({ title, children, actions, isPage = false }: EmptyProps): ReactNode {
  const Heading = isPage ? 'h1' : 'h2';
  return (
    <div className={styles.state}>
      <Heading className={styles.title}>{title}</Heading>
      {children !== undefined && <div className={styles.text}>{children}</div>}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

export interface FailureProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly isPage?: boolean;
}

/** What the server said instead of an answer, in words. */
export function Failure({ error, onRetry, isPage = false }: FailureProps): ReactNode {
  return (
    <div role="alert">
      <Empty title={titleOf(error)} isPage={isPage} actions={onRetry && <Button onClick={onRetry}>Try again</Button>}>
        {textOf(error)}
      </Empty>
    </div>
  );
}

/** Temporal's words tell nothing of why. */
function textOf(error: unknown): string {
  return messageOf(error) === 'Request unauthorized.'
    ? 'You have no permission for this. Whoever runs the server can give you one.'
    : messageOf(error);
}

function titleOf(error: unknown): string {
  if (hasCode(error, GrpcCode.notFound)) return 'Not found';
  if (hasCode(error, GrpcCode.permissionDenied, GrpcCode.unauthenticated)) return 'Not allowed';
  if (hasCode(error, GrpcCode.unimplemented)) return 'This server does not offer that';
  if (hasCode(error, GrpcCode.invalidArgument)) return 'The server did not accept the request';
  return isTransient(error) ? 'The server does not answer' : 'Something went wrong';
}
