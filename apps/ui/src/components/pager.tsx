import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import styles from './pager.module.css';
import { scrollRegionId } from './use-main-virtualizer.ts';

/** Where a reader is in a list that the server gives page by page. */
export interface Pages {
  /** Of the page that is shown; empty for the first. */
  readonly token: string;
  /** From 1. */
  readonly number: number;
  readonly goNext: (token: string) => void;
  readonly goBack: () => void;
  readonly restart: () => void;
}

/** The server pages by tokens, forward; the way back is the tokens that were used. */
export function usePages(): Pages {
  const [tokens, setTokens] = useState<readonly string[]>([]);
  const go = (next: readonly string[]): void => {
    setTokens(next);
    document.getElementById(scrollRegionId)?.scrollTo({ top: 0 });
  };
  return {
    token: tokens.at(-1) ?? '',
    number: tokens.length + 1,
    goNext: (token) => go([...tokens, token]),
    goBack: () => go(tokens.slice(0, -1)),
    restart: () => go([]),
  };
}

export interface PagerProps {
  readonly pages: Pages;
  /** The token of the next page; empty where there is none. */
  readonly next: string;
  /** What is said of the page, at the left. */
  readonly children?: ReactNode;
}

/** The way through the pages of a list, for its foot. */
export function Pager({ pages, next, children }: PagerProps): ReactNode {
  return (
    <div className={styles.pager}>
      {children}
      <Button isSmall disabled={pages.number === 1} onClick={pages.goBack}>
        <ChevronLeft size={14} />
        Before
      </Button>
      <Button isSmall disabled={next === ''} onClick={() => pages.goNext(next)}>
        Next
        <ChevronRight size={14} />
      </Button>
    </div>
  );
}

/** The same, or nothing for a list of one page. */
export function pagerIfNeeded(pages: Pages, next = ''): ReactNode {
  return pages.number === 1 && next === '' ? undefined : <Pager pages={pages} next={next} />;
}
