import type { Payload } from '@perdure/proto/json-types';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { getJson } from '../api/client.ts';
import { settingsQuery } from '../api/queries.ts';
import { encodingOf } from './payload.ts';
import { stored, type Stored, useStored } from './preferences.ts';

/** Which codec server decodes what the workers of a namespace encoded, chosen in this browser. */
export interface CodecSettings {
  /** Such as `http://localhost:8888`; empty for the one that the server names, with what the server says of it. */
  readonly endpoint: string;
  /** Whether it is shown the token with which the reader calls our server, where the operator allows that. */
  readonly takesToken: boolean;
  /** Whether the browser sends the cookies that it has for it. */
  readonly takesCookies: boolean;
}

export const codecStoragePrefix = 'codec.';

const none: CodecSettings = { endpoint: '', takesToken: false, takesCookies: false };
const stores = new Map<string, Stored<CodecSettings>>();

export function codecSettings(namespace: string): Stored<CodecSettings> {
  let store = stores.get(namespace);
  if (store === undefined) {
    store = stored<CodecSettings>(`${codecStoragePrefix}${namespace}`, none, (json) => ({
      ...none,
      ...(json as Partial<CodecSettings>),
    }));
    stores.set(namespace, store);
  }
  return store;
}

/** The namespace that the payloads of a page belong to. */
export const CodecContext = createContext('');

/** A codec server, and what it is asked with. */
export interface CodecTarget extends CodecSettings {
  readonly namespace: string;
}

/** The codec server of the page; undefined for none. */
export function useCodec(): CodecTarget | undefined {
  const namespace = useContext(CodecContext);
  const chosen = useStored(codecSettings(namespace));
  const { data: settings } = useQuery(settingsQuery);
  if (settings === undefined) return undefined;
  const takesToken = settings.codecTakesToken && (chosen.endpoint === '' || chosen.takesToken);
  if (chosen.endpoint !== '') return { ...chosen, takesToken, namespace };
  const { codecEndpoint: endpoint, codecTakesCookies: takesCookies } = settings;
  return endpoint === '' ? undefined : { endpoint, takesToken, takesCookies, namespace };
}

const plainEncodings = new Set(['json/plain', 'json/protobuf', 'binary/null', 'binary/plain', 'binary/protobuf', '']);

/** Whether a payload was encoded by a codec, so that only its server can read it. */
export function isEncoded(payload: Payload): boolean {
  return !plainEncodings.has(encodingOf(payload));
}

/** Sends payloads to a codec server's `/decode` or `/encode`. Throws with its answer where it refuses. */
export async function exchangeWithCodec(
  operation: 'decode' | 'encode',
  payloads: readonly Payload[],
  target: CodecTarget,
  signal?: AbortSignal,
): Promise<readonly Payload[]> {
  const response = await fetch(`${target.endpoint.replace(/\/$/, '')}/${operation}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-namespace': target.namespace,
      ...(target.takesToken && (await authorizationFor(target.endpoint))),
    },
    credentials: target.takesCookies ? 'include' : 'omit',
    body: JSON.stringify({ payloads }),
    ...(signal && { signal }),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status} ${(await response.text()).slice(0, 200)}`);
  return ((await response.json()) as { payloads?: Payload[] }).payloads ?? [];
}

/** The reader's token, never kept and in no address; not over a network where others could read it. */
async function authorizationFor(endpoint: string): Promise<Record<string, string>> {
  const { protocol, hostname } = new URL(endpoint);
  if (protocol !== 'https:' && hostname !== 'localhost' && hostname !== '127.0.0.1') return {};
  const { accessToken } = (await getJson('api/v1/access-token')) as { accessToken?: string };
  return accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
}

/** The payload as the codec server decodes it, itself until then and where none is needed. */
export function useDecoded(payload: Payload): { readonly payload: Payload; readonly error: string | undefined } {
  const target = useCodec();
  const { data, error } = useQuery(
    queryOptions({
      queryKey: ['codec', target, payload.metadata, payload.data],
      queryFn: ({ signal }) =>
        target === undefined ? [payload] : exchangeWithCodec('decode', [payload], target, signal),
      enabled: target !== undefined && isEncoded(payload),
      staleTime: Infinity,
      retry: false,
    }),
  );
  return { payload: data?.[0] ?? payload, error: error === null ? undefined : error.message };
}
