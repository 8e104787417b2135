import type { Payload, Payloads } from '@perdure/proto/json-types';
import { type ReactNode, useMemo } from 'react';
import { useDecoded, useStoredPayload } from '../lib/codec.ts';
import { formatBytes, readPayload, storedText } from '../lib/payload.ts';
import type { StoredElsewhere } from '../lib/stored-elsewhere.ts';
import { Button } from './button.tsx';
import styles from './json-view.module.css';
import { JsonView, TextView } from './json-view.tsx';

export interface PayloadViewProps {
  readonly payload: Payload;
  readonly label?: string;
  readonly isFlat?: boolean;
}

/** One payload as text, decoded by the codec server where one is set. */
export function PayloadView({ payload, label = 'value', isFlat = false }: PayloadViewProps): ReactNode {
  const { payload: decoded, error } = useDecoded(payload);
  const read = useMemo(() => readPayload(decoded), [decoded]);
  const note = error === undefined ? undefined : <div className={styles.note}>The codec server failed: {error}</div>;
  switch (read.kind) {
    case 'null':
      return <JsonView value={null} isFlat={isFlat} label={label} />;
    case 'json':
      return <JsonView value={read.value} isFlat={isFlat} label={label} />;
    case 'stored':
      return <StoredView payload={decoded} stored={read} label={label} isFlat={isFlat} />;
    case 'binary':
      return (
        <>
          {note}
          <div className={styles.note}>
            {read.encoding === '' ? 'No encoding is named' : read.encoding}, {formatBytes(read.bytes.length)}
          </div>
          <BytesView bytes={read.bytes} label={label} />
        </>
      );
    case 'undecodable':
      return (
        <>
          {note}
          <div className={styles.note}>
            Says that it is {read.encoding || 'nothing known'}, but cannot be read as that: {read.reason}
          </div>
          <BytesView bytes={read.bytes} label={label} />
        </>
      );
  }
}

interface StoredViewProps {
  readonly payload: Payload;
  readonly stored: StoredElsewhere;
  readonly label: string;
  readonly isFlat: boolean;
}

/** A value that is elsewhere: where, and the value itself once the reader has had it fetched. */
function StoredView({ payload, stored, label, isFlat }: StoredViewProps): ReactNode {
  const { fetched, isFetching, error, fetch } = useStoredPayload(payload);
  if (fetched !== undefined) return <PayloadView payload={fetched} label={label} isFlat={isFlat} />;
  return (
    <>
      <div className={styles.more}>
        <span>A worker has put this value elsewhere ({storedText(stored)}).</span>
        {fetch && (
          <Button isSmall disabled={isFetching} onClick={fetch}>
            {isFetching ? 'Fetching…' : error === undefined ? 'Fetch it' : 'Try again'}
          </Button>
        )}
      </div>
      {!fetch && <div className={styles.note}>A codec server can fetch it; none is set for this namespace.</div>}
      {error !== undefined && <div className={styles.note}>The codec server did not fetch it: {error}</div>}
      {stored.claim !== undefined && <JsonView value={stored.claim} label={`claim of ${label}`} isFlat />}
    </>
  );
}

/** Several payloads, each by itself; `none` where there is not one. */
export function PayloadsView({
  payloads,
  label = 'value',
  none = 'none',
}: {
  readonly payloads: Payloads | readonly Payload[] | undefined;
  readonly label?: string;
  readonly none?: ReactNode;
}): ReactNode {
  const list = isList(payloads) ? payloads : (payloads?.payloads ?? []);
  if (list.length === 0) return <span className={styles.note}>{none}</span>;
  return (
    <div className={styles.list}>
      {list.map((payload, index) => (
        <PayloadView key={index} payload={payload} label={list.length > 1 ? `${label} ${index + 1}` : label} />
      ))}
    </div>
  );
}

/** `Array.isArray` does not tell a list that is read-only. */
function isList(payloads: Payloads | readonly Payload[] | undefined): payloads is readonly Payload[] {
  return Array.isArray(payloads);
}

interface BytesViewProps {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly label: string;
}

/** Bytes of which nothing is known, as people read them; a file has them as they are. */
function BytesView({ bytes, label }: BytesViewProps): ReactNode {
  const text = useMemo(() => hexDump(bytes), [bytes]);
  return <TextView text={text} label={label} file={{ name: `${label}.bin`, content: bytes }} />;
}

const rowBytes = 16;
const rowCountMax = 512;

/** Bytes as people read them: offset, hexadecimal, and the printable characters. */
function hexDump(bytes: Uint8Array): string {
  const rows: string[] = [];
  for (let offset = 0; offset < bytes.length && rows.length < rowCountMax; offset += rowBytes) {
    const row = [...bytes.subarray(offset, offset + rowBytes)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('');
    rows.push(`${offset.toString(16).padStart(6, '0')}  ${hex.padEnd(rowBytes * 3 - 1)}  ${text}`);
  }
  if (bytes.length > rowBytes * rowCountMax) rows.push(`… ${formatBytes(bytes.length - rowBytes * rowCountMax)} more`);
  return rows.join('\n');
}
