import type { Payload } from '@perdure/proto/json-types';
import { type ReactNode, useMemo, useState } from 'react';
import { readPayload } from '../../lib/payload.ts';
import { type Stored, storedByNamespace, useStored } from '../../lib/preferences.ts';
import type { Attribute } from '../../lib/query/attributes.ts';
import type { Column } from '../data-table.tsx';
import { ColumnDialog } from './column-dialog.tsx';

export type ColumnStore = (namespace: string) => Stored<readonly string[]>;

/** Which columns of a list a reader chose in each namespace, in their order, kept in this browser under `key`. */
export function columnStore(key: string, initial: readonly string[]): ColumnStore {
  return storedByNamespace<readonly string[]>(key, initial, (json) =>
    Array.isArray(json) ? json.filter((id): id is string => typeof id === 'string') : initial,
  );
}

export interface ChosenColumns<Row> {
  readonly columns: readonly Column<Row>[];
  /** Where they are chosen, while that is open. */
  readonly dialog: ReactNode;
  readonly openDialog: () => void;
}

/** The columns that the reader chose among those that are known; what is not known any more is left out. */
export function useColumns<Row>(
  known: ReadonlyMap<string, Column<Row>>,
  initial: readonly string[],
  store: Stored<readonly string[]>,
): ChosenColumns<Row> {
  const [isOpen, setIsOpen] = useState(false);
  const chosen = useStored(store);
  const columns = useMemo(
    () => chosen.map((id) => known.get(id)).filter((column) => column !== undefined),
    [known, chosen],
  );
  const dialog = isOpen && (
    <ColumnDialog
      known={known}
      chosen={chosen}
      initial={initial}
      onChange={store.set}
      onClose={() => setIsOpen(false)}
    />
  );
  return { columns, dialog, openDialog: () => setIsOpen(true) };
}

/** Columns by their ids. */
export function byId<Row>(columns: readonly Column<Row>[]): ReadonlyMap<string, Column<Row>> {
  return new Map(columns.map((column) => [column.id, column]));
}

interface WithAttributes {
  readonly searchAttributes?: { readonly indexedFields?: Readonly<Record<string, Payload>> | undefined } | undefined;
}

/** The value of a search attribute. */
export function attributeColumn<Row extends WithAttributes>(name: string): Column<Row> {
  return {
    id: name,
    header: name,
    width: 'minmax(130px, 1fr)',
    minWidth: 130,
    phone: 'hidden',
    cell: ({ searchAttributes }) => attributeText(searchAttributes?.indexedFields?.[name]),
  };
}

/** A column for each search attribute that the namespace has of its own. */
export function customColumns<Row extends WithAttributes>(attributes: readonly Attribute[]): readonly Column<Row>[] {
  return attributes.filter(({ isCustom }) => isCustom).map(({ name }) => attributeColumn<Row>(name));
}

function attributeText(payload: Payload | undefined): string {
  const read = payload && readPayload(payload);
  if (read?.kind !== 'json') return '';
  return Array.isArray(read.value) ? read.value.join(', ') : String(read.value);
}
