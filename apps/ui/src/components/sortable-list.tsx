import { ArrowDown, ArrowUp, GripVertical } from 'lucide-react';
import { type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { placeAt, reordered } from '../lib/reorder.ts';
import { IconButton } from './button.tsx';
import styles from './sortable-list.module.css';

export interface SortableListProps {
  readonly label: string;
  /** What is sorted, each once. */
  readonly items: readonly string[];
  readonly nameOf: (item: string) => string;
  readonly onChange: (items: readonly string[]) => void;
  /** At the end of an item's line. */
  readonly actions?: (item: string) => ReactNode;
}

interface Drag {
  readonly item: string;
  readonly order: readonly string[];
}

/**
 * A list whose items are dragged by mouse, pen or finger, or moved by buttons. It is sorted anew when the item is let
 * go; Escape puts it back. Where an item is now is told to screen readers.
 */
export function SortableList({ label, items, nameOf, onChange, actions }: SortableListProps): ReactNode {
  const [news, setNews] = useState('');
  const tell = (item: string, order: readonly string[]): void =>
    setNews(`${nameOf(item)} is ${order.indexOf(item) + 1} of ${order.length}`);
  const { drag, list, begin, follow } = useDrag(items, tell, onChange);
  const shown = drag?.order ?? items;
  const move = (item: string, by: number): void => {
    const from = items.indexOf(item);
    const to = from + by;
    if (to < 0 || to >= items.length) return;
    const order = reordered(items, from, to);
    tell(item, order);
    onChange(order);
  };
  return (
    <>
      <ol ref={list} aria-label={label} {...follow}>
        {shown.map((item, index) => (
          <li key={item} className={styles.item} data-dragged={drag?.item === item}>
            <span className={styles.grip} title="Drag to another place" onPointerDown={begin(item)}>
              <GripVertical size={14} aria-hidden />
              {nameOf(item)}
            </span>
            {/* A button that was disabled would lose the focus. */}
            <IconButton
              label={`Move ${nameOf(item)} up`}
              isSmall
              aria-disabled={index === 0}
              onClick={() => move(item, -1)}
            >
              <ArrowUp size={14} />
            </IconButton>
            <IconButton
              label={`Move ${nameOf(item)} down`}
              isSmall
              aria-disabled={index === shown.length - 1}
              onClick={() => move(item, 1)}
            >
              <ArrowDown size={14} />
            </IconButton>
            {actions?.(item)}
          </li>
        ))}
      </ol>
      <div role="status" className={styles.news}>
        {news}
      </div>
    </>
  );
}

function useDrag(
  items: readonly string[],
  tell: (item: string, order: readonly string[]) => void,
  onChange: (items: readonly string[]) => void,
) {
  const list = useRef<HTMLOListElement>(null);
  const [drag, setDrag] = useState<Drag>();
  const isDragging = drag !== undefined;
  useEffect(() => {
    if (!isDragging) return undefined;
    const cancel = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      // Not for the dialog that the list is in.
      event.stopPropagation();
      setDrag(undefined);
    };
    addEventListener('keydown', cancel, { capture: true });
    return () => removeEventListener('keydown', cancel, { capture: true });
  }, [isDragging]);
  const over = (y: number): void => {
    if (drag === undefined) return;
    const lines = [...(list.current?.children ?? [])];
    const dragged = lines[drag.order.indexOf(drag.item)];
    const others = lines.filter((line) => line !== dragged).map((line) => line.getBoundingClientRect());
    const from = drag.order.indexOf(drag.item);
    const to = placeAt(y, others);
    // In a list that is longer than its frame, what is dragged stays in sight.
    dragged?.scrollIntoView({ block: 'nearest' });
    if (to === from) return;
    const order = reordered(drag.order, from, to);
    setDrag({ ...drag, order });
    tell(drag.item, order);
  };
  const drop = (): void => {
    if (drag === undefined) return;
    setDrag(undefined);
    if (drag.order.some((item, index) => item !== items[index])) onChange(drag.order);
  };
  const begin = (item: string) => (event: PointerEvent) => {
    if (!event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    // The list follows the pointer: its lines change places meanwhile.
    list.current?.setPointerCapture(event.pointerId);
    setDrag({ item, order: items });
  };
  const follow = {
    onPointerMove: (event: PointerEvent) => over(event.clientY),
    onPointerUp: drop,
    onPointerCancel: () => setDrag(undefined),
  };
  return { drag, list, begin, follow };
}
