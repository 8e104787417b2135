import type { WorkflowExecutionInfo } from '@perdure/proto/json-types';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../../components/button.tsx';
import { Select } from '../../../components/field.tsx';
import { Pager, type Pages, usePages } from '../../../components/pager.tsx';
import { useCommands } from '../../../lib/commands.ts';
import { useStored } from '../../../lib/preferences.ts';
import { saveFile } from '../../../lib/save-file.ts';
import styles from './list-page.module.css';
import { pageSize, pageSizes } from './page-size.ts';

export interface SizedPages extends Pages {
  readonly size: number;
  readonly setSize: (size: number) => void;
}

/** Pages whose size the reader chose. */
export function useSizedPages(): SizedPages {
  const pages = usePages();
  return {
    ...pages,
    size: useStored(pageSize),
    setSize: (next) => {
      pageSize.set(next);
      pages.restart();
    },
  };
}

export interface ListFootProps {
  readonly pages: SizedPages;
  readonly next: string;
  readonly count: number;
  readonly total: number;
  readonly rows: readonly WorkflowExecutionInfo[];
  readonly isBusy: boolean;
}

export function ListFoot({ pages, next, count, total, rows, isBusy }: ListFootProps): ReactNode {
  const first = (pages.number - 1) * pages.size + 1;
  const back = (): void => {
    if (pages.number > 1) pages.goBack();
  };
  const forward = (): void => {
    if (next !== '') pages.goNext(next);
  };
  useCommands([
    { id: 'list.back', title: 'Page before', group: 'Workflows', keys: 'h', isHidden: true, run: back },
    { id: 'list.next', title: 'Next page', group: 'Workflows', keys: 'l', isHidden: true, run: forward },
  ]);
  return (
    <Pager pages={pages} next={next}>
      <span role="status">
        {count === 0
          ? 'None'
          : `${first.toLocaleString('en')} to ${(first + count - 1).toLocaleString('en')} of ${Math.max(total, first + count - 1).toLocaleString('en')}`}
        {isBusy && ', reading…'}
      </span>
      <span className={styles.push} />
      <Button
        isSmall
        variant="quiet"
        disabled={count === 0}
        onClick={() => saveFile({ name: 'workflows.json', content: JSON.stringify(rows, undefined, 2) })}
      >
        <Download size={13} />
        Save this page
      </Button>
      <Select
        aria-label="Rows on a page"
        className={styles.size}
        options={pageSizes.map((size) => [String(size), `${size} a page`] as const)}
        value={pages.size}
        onChange={(event) => pages.setSize(Number(event.target.value))}
      />
    </Pager>
  );
}
