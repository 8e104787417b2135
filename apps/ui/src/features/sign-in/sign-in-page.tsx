import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { mountPath } from '../../api/mount-path.ts';
import { settingsQuery } from '../../api/queries.ts';
import { buttonClass } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { useDocumentTitle } from '../../components/page.tsx';
import { Failure, Loading, Rings } from '../../components/states.tsx';
import { mayRedirect } from './redirects.ts';
import { problemText } from './problem-text.ts';
import type { SignInSearch } from './sign-in-search.ts';
import styles from './sign-in.module.css';

/** Where readers choose at which provider they sign in, and learn why that came to nothing. */
export function SignInPage({ search }: { readonly search: SignInSearch }): ReactNode {
  useDocumentTitle('Sign in');
  const { data: settings, error, refetch } = useQuery(settingsQuery);
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Rings size={26} />
          Perdure
        </div>
        {settings === undefined && error === null && <Loading />}
        {settings === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
        {settings !== undefined && <Choice search={search} {...settings.signIn} />}
      </div>
    </main>
  );
}

interface ChoiceProps {
  readonly search: SignInSearch;
  readonly isEnabled: boolean;
  readonly providers: readonly string[];
  readonly redirects: boolean;
}

function Choice({ search, isEnabled, providers, redirects }: ChoiceProps): ReactNode {
  const { problem, signedOut = false, returnUrl = mountPath } = search;
  const [only = '', ...others] = providers;
  const isLed = redirects && others.length === 0 && problem === undefined && !signedOut && isEnabled;
  const address = (label: string): string =>
    `${mountPath}auth/sso?${new URLSearchParams({ provider: label, returnUrl }).toString()}`;
  useEffect(() => {
    if (isLed && mayRedirect()) location.replace(address(only));
  });
  if (!isEnabled) {
    return (
      <>
        <h1 className={styles.title}>Nobody signs in here</h1>
        <p className={styles.text}>This server asks for no sign-in, or leaves it to your browser.</p>
        <Link to="/" className={buttonClass({ variant: 'primary' })}>
          To the workflows
        </Link>
      </>
    );
  }
  return (
    <>
      <h1 className={styles.title}>{signedOut ? 'You have signed out' : 'Sign in'}</h1>
      {problem !== undefined && <Notice tone="failed">{problemText(problem)}</Notice>}
      <div className={styles.providers}>
        {providers.map((label) => (
          <a key={label} href={address(label)} className={buttonClass({ variant: 'primary' })}>
            {label === 'sso' ? 'Sign in' : `Sign in with ${label}`}
          </a>
        ))}
      </div>
    </>
  );
}
