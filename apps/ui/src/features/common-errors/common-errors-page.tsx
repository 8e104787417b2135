import { getRouteApi, Link, useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { Input } from '../../components/field.tsx';
import { Page } from '../../components/page.tsx';
import { PlainMarkdown } from '../../components/plain-markdown.tsx';
import { Empty } from '../../components/states.tsx';
import { useCommands } from '../../lib/commands.ts';
import { counted } from '../../lib/words.ts';
import { findErrors } from './catalogue/index.ts';
import type { CommonError } from './catalogue/entry.ts';
import styles from './common-errors.module.css';

const route = getRouteApi('/common-errors');

/** What goes wrong in workflows and workers: how it shows, why, and what to do. */
export function CommonErrorsPage(): ReactNode {
  const { find = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const hash = useLocation({ select: (location) => location.hash });
  const topics = findErrors(find);
  const count = topics.reduce((sum, { errors }) => sum + errors.length, 0);
  useCommands([
    {
      id: 'errors.find',
      title: 'Find an error',
      group: 'Common errors',
      keys: '/',
      run: () => input.current?.focus(),
    },
  ]);
  return (
    <Page title="Common errors" lead="What goes wrong in workflows and workers: how it shows, why, and what to do.">
      <div className={styles.tools}>
        <Input
          ref={input}
          type="search"
          className={styles.search}
          aria-label="Find by words of a message or a history"
          placeholder="Words of a message or a history"
          defaultValue={find}
          onChange={({ target: { value } }) =>
            void navigate({ search: value.trim() === '' ? {} : { find: value.trim() }, replace: true })
          }
        />
        <span className={styles.count} role="status">
          {counted(count, 'entry', 'entries')}
        </span>
      </div>
      {count === 0 && (
        <Empty title="Nothing matches">
          Try fewer words: a cause such as NonDeterministicError, or a part of the message.
        </Empty>
      )}
      <div className={styles.columns}>
        <nav className={styles.contents} aria-label="Entries">
          {topics.map(({ title, errors }) => (
            <div key={title}>
              <h2>{title}</h2>
              <ul>
                {errors.map((error) => (
                  <li key={error.id}>
                    <Link to="/common-errors" search={true} hash={error.id} aria-current={hash === error.id}>
                      {error.title}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </nav>
        <div className={styles.entries}>
          {topics.flatMap(({ errors }) =>
            errors.map((error) => <Entry key={error.id} error={error} isChosen={hash === error.id} />),
          )}
        </div>
      </div>
    </Page>
  );
}

function Entry({ error, isChosen }: { readonly error: CommonError; readonly isChosen: boolean }): ReactNode {
  const { id, title, seen, why, advice } = error;
  const heading = useRef<HTMLHeadingElement>(null);
  // Who comes by a link is brought to it, also with a screen reader.
  useEffect(() => {
    if (!isChosen) return;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'start' });
  }, [isChosen]);
  return (
    <article className={styles.entry} id={id} aria-labelledby={`${id}-title`} data-chosen={isChosen}>
      <h2 ref={heading} id={`${id}-title`} tabIndex={-1}>
        <Link to="/common-errors" search={true} hash={id} className={styles.anchor}>
          {title}
        </Link>
      </h2>
      <h3>How it shows</h3>
      <PlainMarkdown text={listed(seen)} />
      <h3>Why</h3>
      <PlainMarkdown text={why} />
      <h3>What to do</h3>
      <PlainMarkdown text={listed(advice)} />
    </article>
  );
}

function listed(texts: readonly string[]): string {
  return texts.map((text) => `- ${text}`).join('\n');
}
