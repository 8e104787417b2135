import type { Payload } from '@perdure/proto/json-types';

/** What stands in the place of a payload that a worker has put into a store of its own. */
export interface StoredElsewhere {
  /** The name that the worker gave to the store; empty where it says none. */
  readonly store: string;
  /** By what the store finds it; undefined where that cannot be told. */
  readonly claim: Readonly<Record<string, unknown>> | undefined;
  /** Undefined where the worker has not told. */
  readonly sizeBytes: number | undefined;
}

const messageType = 'temporal.api.sdk.v1.ExternalStorageReference';
/** As the first releases of the Go SDK wrote it. */
const earlierEncoding = 'json/external-storage-reference';

/** Whether a payload of this encoding, and of the type of message that `typeOf` reads, is such a reference. */
export function isStoredElsewhere(encoding: string, typeOf: () => string): boolean {
  return encoding === earlierEncoding || (encoding === 'json/protobuf' && typeOf() === messageType);
}

export function readStoredElsewhere({ externalPayloads = [] }: Payload, reference: unknown): StoredElsewhere {
  const fields = recordOf(reference) ?? {};
  const store = fields['driverName'] ?? fields['driver_name'];
  return {
    store: typeof store === 'string' ? store : '',
    claim: recordOf(fields['claimData'] ?? fields['driver_claim']),
    sizeBytes: externalPayloads.length === 0 ? undefined : sum(externalPayloads.map(({ sizeBytes = 0 }) => sizeBytes)),
  };
}

function sum(sizes: readonly (string | number)[]): number {
  return sizes.reduce<number>((total, size) => total + Number(size), 0);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
