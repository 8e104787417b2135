/** The list with the item at `from` at `to` instead. */
export function reordered<Item>(items: readonly Item[], from: number, to: number): readonly Item[] {
  const next = [...items];
  const moved = next.splice(from, 1);
  next.splice(to, 0, ...moved);
  return next;
}

export interface Extent {
  readonly top: number;
  readonly bottom: number;
}

/** Where an item belongs whose pointer is at `y`: after every other one whose middle is above that. */
export function placeAt(y: number, others: readonly Extent[]): number {
  return others.filter(({ top, bottom }) => (top + bottom) / 2 < y).length;
}
