import { type ReactNode, useEffect } from 'react';
import { call } from '../../api/client.ts';
import { quietForMs, useIsReachable } from '../../api/connection.ts';
import { Rings } from '../../components/states.tsx';
import styles from './shell.module.css';

const askAgainMs = 1500;
/** A page that asks for nothing finds out all the same. */
const quietMaxMs = 10_000;

/** Says that the server is away, and asks until it is back; then everything on the screen is read again. */
export function ConnectionBanner(): ReactNode {
  const isReachable = useIsReachable();
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.hidden || (isReachable && quietForMs() < quietMaxMs)) return;
      call('GetSystemInfo', {}).catch(() => undefined);
    }, askAgainMs);
    return () => clearInterval(timer);
  }, [isReachable]);
  if (isReachable) return null;
  return (
    <div className={styles.banner} role="status">
      <Rings size={16} isTurning />
      The server does not answer. What you see may be old; it is read again as soon as the server is back.
    </div>
  );
}
