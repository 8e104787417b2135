import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect, useState } from 'react';

/** The element that scrolls: the page's main region. */
export const scrollRegionId = 'main';

export interface MainVirtualizer {
  readonly items: readonly { readonly index: number; readonly start: number; readonly size: number }[];
  readonly totalSize: number;
  readonly scrollToIndex: (index: number) => void;
}

/** Which rows of a long list inside the main region are in sight. All rows have the height of the token `--row`. */
export function useMainVirtualizer(
  count: number,
  body: RefObject<HTMLElement | null>,
  isEnabled: boolean,
  rowHeight?: number,
): MainVirtualizer {
  const [{ margin, height }, setPlace] = useState({ margin: 0, height: rowHeight ?? 34 });
  useLayoutEffect(() => {
    const element = body.current;
    const region = document.getElementById(scrollRegionId);
    if (!isEnabled || element === null || region === null) return;
    const measure = (): void => {
      const top = element.getBoundingClientRect().top - region.getBoundingClientRect().top + region.scrollTop;
      const isPhone = matchMedia('(max-width: 760px)').matches;
      const next = { margin: Math.round(top), height: rowHeight ?? (isPhone ? 76 : 34) };
      setPlace((place) => (place.margin === next.margin && place.height === next.height ? place : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(region);
    return () => observer.disconnect();
  }, [body, isEnabled, rowHeight]);
  const virtualizer = useVirtualizer({
    count,
    enabled: isEnabled,
    getScrollElement: () => document.getElementById(scrollRegionId),
    estimateSize: () => height,
    scrollMargin: margin,
    overscan: 6,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, height]);
  return {
    items: virtualizer.getVirtualItems().map(({ index, start, size }) => ({ index, start: start - margin, size })),
    totalSize: virtualizer.getTotalSize(),
    scrollToIndex: (index) => virtualizer.scrollToIndex(index),
  };
}
