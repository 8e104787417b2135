import { useMainVirtualizer } from './use-main-virtualizer.ts';
import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useCommands } from '../lib/commands.ts';
import { classes } from './classes.ts';
import styles from './data-table.module.css';

export interface Column<Row> {
  readonly id: string;
  readonly header: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** A track of CSS grid: `minmax(160px, 2fr)`. */
  readonly width: string;
  /** The least width in pixels, for the table to scroll sideways below it. */
  readonly minWidth?: number;
  readonly isEnd?: boolean;
  /** On a phone: the row's first line, one of its second, or nowhere. */
  readonly phone?: 'title' | 'shown' | 'hidden';
}

export interface Selection {
  readonly keys: ReadonlySet<string>;
  readonly onChange: (keys: ReadonlySet<string>) => void;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Opens a row: a click anywhere on it, Enter on the active one. The row's link stays a link. */
  readonly onOpen?: (row: Row) => void;
  /** Shows or hides what is within a row: `e` on the active one. */
  readonly onToggle?: (row: Row) => void;
  readonly selection?: Selection | undefined;
  readonly empty?: ReactNode;
  readonly footer?: ReactNode;
}

/** The width of a column of times, in the format that the reader chose. */
export const timeWidth = 'var(--time-column)';

const virtualFrom = 60;

/**
 * A table of any length: past a screen or two only the rows in sight exist. j and k (or the arrows) move, Enter opens, e
 * shows what is within, x selects, and shift selects a range.
 */
export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const { label, columns, rows, selection, empty, footer } = props;
  const body = useRef<HTMLDivElement>(null);
  const isVirtual = rows.length > virtualFrom;
  const virtualizer = useMainVirtualizer(rows.length, body, isVirtual);
  const { active, move } = useActiveRow(props, (index) => isVirtual && virtualizer.scrollToIndex(index));
  const actions = useRowActions(props);
  const tracks = columns.map(({ width }) => width).join(' ');
  const times = columns.filter(({ width }) => width === timeWidth).length;
  const others = columns.filter(({ width }) => width !== timeWidth);
  const width = others.reduce((sum, { minWidth = 90 }) => sum + minWidth, selection ? 40 : 0);
  const style: CSSProperties & Record<`--${string}`, string> = {
    '--columns': selection ? `40px ${tracks}` : tracks,
    '--table-width': `calc(${width}px + ${times} * ${timeWidth})`,
  };
  const renderRow = (index: number, top?: number): ReactNode => {
    const row = rows[index];
    return (
      row !== undefined && (
        <MemoTableRow
          key={props.rowKey(row)}
          columns={columns}
          row={row}
          index={index}
          isActive={active === index}
          isSelected={selection?.keys.has(props.rowKey(row))}
          actions={actions}
          top={top}
        />
      )
    );
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(step);
  };
  return (
    <div className={styles.table}>
      <div className={styles.scroller} style={style}>
        <div
          className={styles.grid}
          role="table"
          aria-label={label}
          aria-rowcount={rows.length + 1}
          onKeyDown={onKeyDown}
        >
          <HeadRow table={props} />
          <div
            ref={body}
            role="rowgroup"
            className={isVirtual ? styles.virtual : undefined}
            style={isVirtual ? { height: virtualizer.totalSize } : undefined}
          >
            {isVirtual
              ? virtualizer.items.map(({ index, start }) => renderRow(index, start))
              : rows.map((_, index) => renderRow(index))}
          </div>
        </div>
      </div>
      {rows.length === 0 && empty}
      {footer !== undefined && <div className={styles.foot}>{footer}</div>}
    </div>
  );
}

function HeadRow<Row>({ table }: { readonly table: DataTableProps<Row> }): ReactNode {
  const { columns, rows, rowKey, selection } = table;
  const isAll = selection !== undefined && rows.length > 0 && rows.every((row) => selection.keys.has(rowKey(row)));
  return (
    <div role="rowgroup">
      <div className={styles.head} role="row">
        {selection && (
          <div className={classes(styles.cell, styles.check)} role="columnheader">
            <input
              type="checkbox"
              aria-label="Select all rows of this page"
              checked={isAll}
              onChange={() => selection.onChange(new Set(isAll ? [] : rows.map(rowKey)))}
            />
          </div>
        )}
        {columns.map(({ id, header, isEnd }) => (
          <div key={id} role="columnheader" className={classes(styles.cell, isEnd && styles.end)}>
            {header}
          </div>
        ))}
      </div>
    </div>
  );
}

interface RowActions<Row> {
  readonly open: (row: Row) => void;
  readonly select: (index: number, isRange: boolean) => void;
}

interface TableRowProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly row: Row;
  readonly index: number;
  readonly isActive: boolean;
  /** Undefined where rows cannot be selected. */
  readonly isSelected: boolean | undefined;
  readonly actions: RowActions<Row>;
  readonly top: number | undefined;
}

function TableRow<Row>({ columns, row, index, isActive, isSelected, actions, top }: TableRowProps<Row>): ReactNode {
  const open = (event: MouseEvent<HTMLElement>): void => {
    const isControl = event.target instanceof Element && event.target.closest('a, button, input, label') !== null;
    if (!isControl && getSelection()?.isCollapsed !== false) actions.open(row);
  };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-active={isActive}
      className={styles.row}
      style={top === undefined ? undefined : { transform: `translateY(${top}px)` }}
      onClick={open}
    >
      {isSelected !== undefined && (
        <label className={classes(styles.cell, styles.check)} role="cell">
          <input
            type="checkbox"
            aria-label={`Select row ${index + 1}`}
            checked={isSelected}
            onChange={(event) => actions.select(index, (event.nativeEvent as globalThis.MouseEvent).shiftKey)}
          />
        </label>
      )}
      {columns.map(({ id, cell, isEnd, phone = 'shown' }) => (
        <div key={id} role="cell" data-phone={phone} className={classes(styles.cell, isEnd && styles.end)}>
          {cell(row)}
        </div>
      ))}
    </div>
  );
}

/** Scrolling brings rows and takes rows; those that stay are left alone. */
const MemoTableRow = memo(TableRow) as typeof TableRow;

/** The row that the keyboard is at. */
function useActiveRow<Row>(
  { rows, rowKey, onOpen, onToggle, selection }: DataTableProps<Row>,
  reveal: (index: number) => void,
): { active: number; move: (step: number) => void } {
  const [active, setActive] = useState(-1);
  const move = (step: number): void => {
    const next = Math.min(rows.length - 1, Math.max(0, active + step));
    setActive(next);
    reveal(next);
    requestAnimationFrame(() => document.querySelector('[data-active="true"]')?.scrollIntoView({ block: 'nearest' }));
  };
  const row = rows[active];
  const hidden = { group: 'Tables', isHidden: true };
  useCommands([
    { ...hidden, id: 'table.next', title: 'Next row', keys: 'j', run: () => move(1) },
    { ...hidden, id: 'table.previous', title: 'Previous row', keys: 'k', run: () => move(-1) },
    { ...hidden, id: 'table.open', title: 'Open the row', keys: 'o', run: () => row !== undefined && onOpen?.(row) },
    ...(onToggle === undefined
      ? []
      : [
          {
            ...hidden,
            id: 'table.toggle',
            title: 'Show what is within the row',
            keys: 'e',
            run: () => row !== undefined && onToggle(row),
          },
        ]),
    ...(selection === undefined
      ? []
      : [
          {
            ...hidden,
            id: 'table.select',
            title: 'Select the row',
            keys: 'x',
            run: () => row !== undefined && selection.onChange(toggled(selection.keys, rowKey(row))),
          },
        ]),
  ]);
  return { active, move };
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** What a row can have done, the same object for good; it acts on the table as it is then. */
function useRowActions<Row>(table: DataTableProps<Row>): RowActions<Row> {
  const select = useSelect(table);
  const latest = useRef({ table, select });
  useEffect(() => {
    latest.current = { table, select };
  });
  const [actions] = useState<RowActions<Row>>(() => ({
    open: (row) => latest.current.table.onOpen?.(row),
    select: (index, isRange) => latest.current.select(index, isRange),
  }));
  return actions;
}

/** Selects one row, or with shift all from the last one on. */
function useSelect<Row>({ rows, rowKey, selection }: DataTableProps<Row>): (index: number, isRange: boolean) => void {
  const last = useRef(0);
  return (index, isRange) => {
    const row = rows[index];
    if (selection === undefined || row === undefined) return;
    if (isRange) {
      const [from, to] = [Math.min(last.current, index), Math.max(last.current, index)];
      selection.onChange(new Set([...selection.keys, ...rows.slice(from, to + 1).map(rowKey)]));
    } else selection.onChange(toggled(selection.keys, rowKey(row)));
    last.current = index;
  };
}
