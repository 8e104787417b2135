import { type ReactNode, useEffect } from 'react';
import { classes } from './classes.ts';
import styles from './page.module.css';
import { Empty, Failure, Loading } from './states.tsx';
import type { Tone } from './tone.ts';

export interface PageProps {
  /** Heading and, with the product's name, the document's title. */
  readonly title: string;
  /** The way up: a link to the list that the page's thing is in. */
  readonly above?: ReactNode;
  /** Stands beside the heading: how the thing stands, a button that copies its id. */
  readonly beside?: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page's frame: one heading, its actions, and what is below. */
export function Page({ title, above, beside, lead, actions, children }: PageProps): ReactNode {
  useDocumentTitle(title);
  return (
    <div className={styles.page}>
      {above !== undefined && (
        <nav className={styles.above} aria-label="Breadcrumb">
          {above}
        </nav>
      )}
      <div className={styles.head}>
        <div className={styles.title}>
          <h1>{title}</h1>
          {beside}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        {lead !== undefined && <div className={styles.lead}>{lead}</div>}
      </div>
      {children}
    </div>
  );
}

export interface GonePageProps {
  /** `This batch is gone`. */
  readonly title: string;
  /** Where else to look: links. */
  readonly actions: ReactNode;
  readonly children: ReactNode;
}

/** Instead of the page of a thing that never was, or is no more. */
export function GonePage({ title, actions, children }: GonePageProps): ReactNode {
  useDocumentTitle(title);
  return (
    <div className={styles.page}>
      <Empty title={title} isPage actions={actions}>
        {children}
      </Empty>
    </div>
  );
}

export interface UnreadPageProps {
  /** Null while it is read. */
  readonly error: unknown;
  readonly onRetry: () => void;
  /** What is under way: `Reading the batch`. */
  readonly children: string;
}

/** Instead of a page until what it is of has been read; says why where that fails. */
export function UnreadPage({ error, onRetry, children }: UnreadPageProps): ReactNode {
  return error === null ? <Loading>{children}</Loading> : <Failure error={error} onRetry={onRetry} isPage />;
}

/** What a page has, one below the other. */
export function Stack({
  className,
  children,
}: {
  readonly className?: string | undefined;
  readonly children: ReactNode;
}): ReactNode {
  return <div className={classes(styles.stack, className)}>{children}</div>;
}

export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Perdure`;
  }, [title]);
}

export interface PanelProps {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
  /** No inner margin, for tables and lists. */
  readonly isFlush?: boolean;
  readonly className?: string | undefined;
  /** For links to it. */
  readonly id?: string;
}

export function Panel({ title, actions, children, isFlush = false, className, id }: PanelProps): ReactNode {
  return (
    <section className={classes(styles.panel, className)} id={id}>
      {(title !== undefined || actions !== undefined) && (
        <div className={styles.panelHead}>
          <h2 className={styles.panelTitle}>{title}</h2>
          {actions}
        </div>
      )}
      <div className={isFlush ? styles.flush : styles.panelBody}>{children}</div>
    </section>
  );
}

/** Pairs of name and value. A value that is undefined is left out. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }): ReactNode {
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value !== undefined && value !== '')
        .map(([name, value]) => (
          <div key={name} className={styles.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

export function Tag({ tone, children }: { readonly tone?: Tone | undefined; readonly children: ReactNode }): ReactNode {
  return (
    <span className={styles.tag} data-tone={tone}>
      {children}
    </span>
  );
}
