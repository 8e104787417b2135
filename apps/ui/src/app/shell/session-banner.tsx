import type { ReactNode } from 'react';
import { currentPlace, signInPath, useSessionIsOver } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import styles from './shell.module.css';

/** Says that the reader is signed out; what is on the screen, and what he typed, stays until he leaves it. */
export function SessionBanner(): ReactNode {
  if (!useSessionIsOver()) return null;
  return (
    <div className={styles.banner} role="status">
      Your session has ended.
      <Button isSmall onClick={() => location.assign(signInPath(currentPlace()))}>
        Sign in again
      </Button>
    </div>
  );
}
