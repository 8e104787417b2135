import { type Stored, storedByNamespace } from '../../lib/preferences.ts';

/** A query with a name. */
export interface View {
  readonly name: string;
  readonly query: string;
}

export const savedViewsMax = 50;

export type ViewStore = (namespace: string) => Stored<readonly View[]>;

/** The views of a list that a reader saved in each namespace, kept in this browser under `key`. */
export function viewStore(key: string): ViewStore {
  return storedByNamespace<readonly View[]>(key, [], (json) => (Array.isArray(json) ? json.flatMap(readView) : []));
}

function readView(json: unknown): readonly View[] {
  const { name, query } = (json ?? {}) as Partial<View>;
  return typeof name === 'string' && typeof query === 'string' ? [{ name, query }] : [];
}

/** The saved views with one more; one of the same name gives way to it. */
export function withView(views: readonly View[], view: View): readonly View[] {
  return [...views.filter(({ name }) => name !== view.name), view];
}
