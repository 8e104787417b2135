import type { Payload } from '@perdure/proto/json-types';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { encodingOf } from './payload.ts';
import { stored, useStored } from './preferences.ts';

/** Which codec server decodes what the workers encoded, chosen in this browser. */
export interface CodecSettings {
  /** Such as `http://localhost:8888`; empty for the one that the server names, if any. */
  readonly endpoint: string;
  /** Whether the browser sends the cookies that it has for the codec server. */
  readonly includesCookies: boolean;
}

export const codecSettings = stored<CodecSettings>('codec', { endpoint: '', includesCookies: false }, (json) => ({
  endpoint: '',
  includesCookies: false,
  ...(json as Partial<CodecSettings>),
}));

/** What payloads are decoded with: the namespace that they belong to, and the endpoint that the server names. */
export const CodecContext = createContext<{ readonly namespace: string; readonly serverEndpoint: string }>({
  namespace: '',
  serverEndpoint: '',
});

const plainEncodings = new Set(['json/plain', 'json/protobuf', 'binary/null', 'binary/plain', 'binary/protobuf', '']);

/** Whether a payload was encoded by a codec, so that only its server can read it. */
export function isEncoded(payload: Payload): boolean {
  return !plainEncodings.has(encodingOf(payload));
}

/** Sends payloads to a codec server's `/decode` or `/encode`. Throws with its answer where it refuses. */
export async function exchangeWithCodec(
  operation: 'decode' | 'encode',
  payloads: readonly Payload[],
  target: { readonly endpoint: string; readonly namespace: string; readonly includesCookies: boolean },
  signal?: AbortSignal,
): Promise<readonly Payload[]> {
  const response = await fetch(`${target.endpoint.replace(/\/$/, '')}/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-namespace': target.namespace },
    credentials: target.includesCookies ? 'include' : 'omit',
    body: JSON.stringify({ payloads }),
    ...(signal && { signal }),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status} ${(await response.text()).slice(0, 200)}`);
  return ((await response.json()) as { payloads?: Payload[] }).payloads ?? [];
}

/** The payload as the codec server decodes it, itself until then and where none is needed. */
export function useDecoded(payload: Payload): { readonly payload: Payload; readonly error: string | undefined } {
  const { namespace, serverEndpoint } = useContext(CodecContext);
  const { endpoint, includesCookies } = useStored(codecSettings);
  const target = { endpoint: endpoint || serverEndpoint, namespace, includesCookies };
  const { data, error } = useQuery(
    queryOptions({
      queryKey: ['codec', target, payload.metadata, payload.data],
      queryFn: ({ signal }) => exchangeWithCodec('decode', [payload], target, signal),
      enabled: target.endpoint !== '' && isEncoded(payload),
      staleTime: Infinity,
      retry: false,
    }),
  );
  return { payload: data?.[0] ?? payload, error: error === null ? undefined : error.message };
}
