import type { Failure, Payload } from '@perdure/proto/json-types';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import { getJson } from '../api/client.ts';
import { messageOf } from '../api/errors.ts';
import { settingsQuery } from '../api/queries.ts';
import { encodingOf, isStored, readPayload } from './payload.ts';
import { stored, type Stored, useStored } from './preferences.ts';

/** Which codec server decodes what the workers of a namespace encoded, chosen in this browser. */
export interface CodecSettings {
  /** Such as `http://localhost:8888`; empty for the one that the server names, with what the server says of it. */
  readonly endpoint: string;
  /** Whether it is shown the token with which the reader calls our server, where the operator allows that. */
  readonly takesToken: boolean;
  /** Whether the browser sends the cookies that it has for it. */
  readonly takesCookies: boolean;
  /** Whether it encodes what is sent from here; some only decode. */
  readonly encodes: boolean;
}

export const codecStoragePrefix = 'codec.';

const none: CodecSettings = { endpoint: '', takesToken: false, takesCookies: false, encodes: true };
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
  return endpoint === '' ? undefined : { endpoint, takesToken, takesCookies, encodes: chosen.encodes, namespace };
}

const plainEncodings = new Set(['json/plain', 'json/protobuf', 'binary/null', 'binary/plain', 'binary/protobuf', '']);

/** Whether a payload was encoded by a codec, so that only its server can read it. */
export function isEncoded(payload: Payload): boolean {
  return !plainEncodings.has(encodingOf(payload)) && !isStored(payload);
}

/** What is stored elsewhere may be large: it stays there until it is asked for by `/download`. */
const paths = { decode: 'decode?preserveStorageRefs=true', encode: 'encode', download: 'download' } as const;

/** Sends payloads to a codec server. Throws with its answer where it refuses. */
export async function exchangeWithCodec(
  operation: keyof typeof paths,
  payloads: readonly Payload[],
  target: CodecTarget,
  signal?: AbortSignal,
): Promise<readonly Payload[]> {
  const response = await fetch(`${target.endpoint.replace(/\/$/, '')}/${paths[operation]}`, {
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
  if (response.status === 404 && operation === 'download') throw new Error('it has no /download');
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

/** Sends those payloads that are meant, and puts what comes of them in their places. */
async function exchangeSome(
  operation: keyof typeof paths,
  payloads: readonly Payload[],
  isMeant: (payload: Payload) => boolean,
  target: CodecTarget,
  signal?: AbortSignal,
): Promise<readonly Payload[]> {
  const meant = payloads.filter((payload) => isMeant(payload));
  if (meant.length === 0) return payloads;
  const results = await exchangeWithCodec(operation, meant, target, signal);
  const place = new Map(meant.map((payload, index) => [payload, results[index] ?? payload]));
  return payloads.map((payload) => place.get(payload) ?? payload);
}

/** One payload decoded, where it is encoded and there is a codec server. */
export async function decodePayload(
  payload: Payload,
  target: CodecTarget | undefined,
  signal?: AbortSignal,
): Promise<Payload> {
  if (target === undefined) return payload;
  const [decoded = payload] = await exchangeSome('decode', [payload], isEncoded, target, signal);
  return decoded;
}

/** The payloads as they were before codecs and stores had them: decoded, fetched where they are elsewhere, decoded. */
async function wholePayloads(
  payloads: readonly Payload[],
  target: CodecTarget,
  signal?: AbortSignal,
): Promise<readonly Payload[]> {
  const decoded = await exchangeSome('decode', payloads, isEncoded, target, signal);
  const fetched = await exchangeSome('download', decoded, (payload) => isStored(payload), target, signal);
  if (fetched.some((payload) => isStored(payload))) throw new Error('it gave back where the value is, and no value');
  return exchangeSome('decode', fetched, isEncoded, target, signal);
}

/** One such payload; as it is without a codec server. */
export async function wholePayload(payload: Payload, target: CodecTarget | undefined): Promise<Payload> {
  if (target === undefined) return payload;
  const [whole = payload] = await wholePayloads([payload], target);
  return whole;
}

/** The payload as the codec server decodes it, itself until then and where none is needed. */
export function useDecoded(payload: Payload): { readonly payload: Payload; readonly error: string | undefined } {
  const target = useCodec();
  const { data, error } = useQuery(
    queryOptions({
      queryKey: ['codec', target, payload.metadata, payload.data],
      queryFn: ({ signal }) => decodePayload(payload, target, signal),
      enabled: target !== undefined && isEncoded(payload),
      staleTime: Infinity,
      retry: false,
    }),
  );
  return { payload: data ?? payload, error: error === null ? undefined : error.message };
}

export interface FetchedPayload {
  readonly fetched: Payload | undefined;
  readonly isFetching: boolean;
  readonly error: string | undefined;
  /** Undefined without a codec server to ask. */
  readonly fetch: (() => void) | undefined;
}

/** What a payload refers to elsewhere, once somebody has asked for it: kept from then on, and so is a failure. */
export function useStoredPayload(payload: Payload): FetchedPayload {
  const target = useCodec();
  const { data, error, isFetching, refetch } = useQuery(
    queryOptions({
      queryKey: ['stored', target, payload.metadata, payload.data],
      queryFn: () => wholePayload(payload, target),
      enabled: false,
      staleTime: Infinity,
      retry: false,
    }),
  );
  return {
    fetched: data,
    isFetching,
    error: error === null || isFetching ? undefined : error.message,
    fetch: target && (() => void refetch()),
  };
}

const noPayload: Payload = {};

/** A failure with its message and stack as they were before a codec encoded them. */
export function useDecodedFailure(failure: Failure): Failure {
  const { encodedAttributes = noPayload } = failure;
  const { payload } = useDecoded(encodedAttributes);
  const read = readPayload(payload);
  if (encodedAttributes === noPayload || read.kind !== 'json') return failure;
  const { message = failure.message, stack_trace: stackTrace = failure.stackTrace } = read.value as {
    readonly message?: string;
    readonly stack_trace?: string;
  };
  return { ...failure, ...(message !== undefined && { message }), ...(stackTrace !== undefined && { stackTrace }) };
}

/** As many as one request of a codec server takes. */
const batchSize = 100;

export interface DecodedPayloads {
  /** What a payload was decoded to; itself until then and where none was needed. */
  readonly decoded: (payload: Payload) => Payload;
  readonly isDecoding: boolean;
  readonly error: string | undefined;
}

/**
 * Many at once, for who reads them together. A list that grows has only what is new in it decoded. What is stored
 * elsewhere is fetched where `fetches` says so.
 */
export function useDecodedAll(payloads: readonly Payload[], fetches = false): DecodedPayloads {
  const target = useCodec();
  const by = target && JSON.stringify(target);
  const encoded = useMemo(
    () => payloads.filter((payload) => isEncoded(payload) || (fetches && isStored(payload))),
    [payloads, fetches],
  );
  const [found, setFound] = useState<ReadonlyMap<Payload, Payload>>(new Map());
  const [failed, setFailed] = useState<{ readonly by: string; readonly error: string }>();
  const next = useMemo(() => encoded.filter((each) => !found.has(each)).slice(0, batchSize), [encoded, found]);
  const error = failed !== undefined && failed.by === by ? failed.error : undefined;
  const { isPending } = useQuery(settingsQuery);
  const isDecoding = (target !== undefined || isPending) && next.length > 0 && error === undefined;
  useEffect(() => {
    if (!isDecoding || by === undefined) return undefined;
    const controller = new AbortController();
    const asked = JSON.parse(by) as CodecTarget;
    const exchanged = fetches
      ? wholePayloads(next, asked, controller.signal)
      : exchangeWithCodec('decode', next, asked, controller.signal);
    exchanged.then(
      (results) =>
        setFound((before) => new Map([...before, ...next.map((each, at) => [each, results[at] ?? each] as const)])),
      (reason: unknown) => {
        if (!controller.signal.aborted) setFailed({ by, error: messageOf(reason) });
      },
    );
    return () => controller.abort();
  }, [by, isDecoding, next, fetches]);
  return { decoded: (payload) => found.get(payload) ?? payload, isDecoding, error };
}
