import { Buffer } from 'node:buffer';
import { status } from '@grpc/grpc-js';
import { unpack } from '@perdure-tests/interop/raw-client';
import type { MessageField, MessageType, TypedMessage } from '@perdure-tests/interop/raw-client';
import { NEWER_FIELDS } from './deviations.ts';
import { MASKED_FIELDS, ROUNDED_FIELDS, TOKEN_FIELDS, UNORDERED_FIELDS } from './masks.ts';

/** What came of a step: the reply, a refusal, or a value that a program of an SDK reported. */
export type Outcome =
  | { readonly reply: TypedMessage }
  | { readonly code: number; readonly message: string; readonly details: readonly TypedMessage[] }
  | { readonly value: unknown };

export type Step = { readonly call: string; readonly outcome?: Outcome };

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A step as it is recorded: the call, and its reply, refusal or value. */
export type Entry = { readonly call: string; readonly [outcome: string]: Json };

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Go writes messages as text with one space or two, by chance. */
const PROTOBUF_TEXT_GAP = /(\w:(?:"[^"]*"|\w+)) {2}/g;
/** What grpc-js says of a call whose time is up, or a server whose answer to that comes first. */
const CLIENT_DEADLINE =
  /^(?:Deadline exceeded after .*|context deadline exceeded|query timed out before a worker could process it)$/g;
const TIMESTAMP_IN_TEXT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

/** The steps of a program without what differs between two runs of it: times and tokens are masked, ids numbered. */
export function transcribe(steps: readonly Step[], prefix: string): Entry[] {
  const writer = new TranscriptWriter(prefix);
  return steps.map((step) => writer.entry(step));
}

class TranscriptWriter {
  readonly #prefix: string;
  readonly #ids = new Map<string, string>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  entry({ call, outcome }: Step): Entry {
    if (outcome === undefined) return { call, outcome: 'none' };
    if ('reply' in outcome) return { call, reply: this.#reply(call, outcome.reply) };
    if ('value' in outcome) return { call, value: this.#value(outcome.value) };
    const refused = { code: status[outcome.code] ?? outcome.code, message: this.#text(outcome.message) };
    if (outcome.details.length === 0) return { call, refused };
    return { call, refused: { ...refused, details: outcome.details.map((detail) => this.#any(detail)) } };
  }

  /** A task shows the types of its events only: the history is noted whole where a program asks for it. */
  #reply(call: string, { type, message }: TypedMessage): Json {
    const reply = this.#message(type, message);
    if (call !== 'PollWorkflowTaskQueue') return reply;
    const { history, ...rest } = reply as {
      history?: { events?: readonly { eventId?: number; eventType?: string }[] };
    };
    if (history === undefined) return reply;
    return {
      ...rest,
      history: (history.events ?? []).map(({ eventId, eventType }) => `${String(eventId)} ${eventType ?? ''}`),
    };
  }

  #message(type: MessageType, message: object): Json {
    const special = this.#special(type.fullName.slice(1), message);
    if (special !== undefined) return special;
    const result: Record<string, Json> = {};
    for (const field of type.fieldsArray) {
      if (!Object.hasOwn(message, field.name)) continue;
      const value = (message as Record<string, unknown>)[field.name];
      if (value === null || value === undefined) continue;
      const written = this.#field(type, field.resolve(), value);
      if (written !== undefined) result[field.name] = written;
    }
    return result;
  }

  #special(name: string, message: object): Json | undefined {
    if (name === 'google.protobuf.Timestamp') return Number(field(message, 'seconds') ?? 0) <= 0 ? 'no time' : 'a time';
    if (name === 'google.protobuf.Duration') return `${String(durationSeconds(message))}s`;
    if (name === 'google.protobuf.Any') return this.#any(unpack(message));
    if (name === 'temporal.api.common.v1.Payload') return this.#payload(message);
    if (name === 'temporal.api.common.v1.Payloads') {
      return ((field(message, 'payloads') ?? []) as object[]).map((payload) => this.#payload(payload));
    }
    return undefined;
  }

  #field(type: MessageType, field: MessageField, value: unknown): Json | undefined {
    const path = `${type.fullName.split('.').at(-1) ?? ''}.${field.name}`;
    if (MASKED_FIELDS.has(path) || NEWER_FIELDS.has(path)) return undefined;
    const round = ROUNDED_FIELDS.get(path);
    if (round !== undefined) return `${String(round(durationSeconds(value as object)))}s`;
    if (TOKEN_FIELDS.has(field.name)) return (value as Uint8Array).length === 0 ? undefined : 'a token';
    if (field.map) {
      const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
      if (entries.length === 0) return undefined;
      return Object.fromEntries(entries.map(([key, item]) => [this.#text(key), this.#item(field, item)]));
    }
    if (!field.repeated) return this.#item(field, value);
    const key = UNORDERED_FIELDS.get(path);
    const items = [...(value as unknown[])];
    if (items.length === 0) return undefined;
    if (key !== undefined) items.sort((a, b) => (key(a as object) < key(b as object) ? -1 : 1));
    return items.map((item) => this.#item(field, item));
  }

  #item(field: MessageField, value: unknown): Json {
    if (typeof value === 'string') return this.#text(value);
    if (value instanceof Uint8Array) return this.#bytes(value);
    const type = field.resolvedType;
    if (type === null) return typeof value === 'object' ? Number(value) : (value as number | boolean);
    if ('valuesById' in type) return type.valuesById[value as number] ?? (value as number);
    return this.#message(type, value as object);
  }

  #any({ type, message }: TypedMessage): Json {
    return { type: type.fullName.slice(1), ...(this.#message(type, message) as object) };
  }

  /** JSON as the value that it is, with its further metadata if it has any. */
  #payload(message: object): Json {
    const metadata = (field(message, 'metadata') ?? {}) as Record<string, Uint8Array>;
    const { encoding, ...rest } = Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value).toString()]),
    );
    const data = Buffer.from((field(message, 'data') ?? []) as Uint8Array);
    if (encoding !== 'json/plain') return { encoding: encoding ?? '', ...rest, data: this.#bytes(data) };
    const json = this.#value(JSON.parse(data.toString()));
    return Object.keys(rest).length === 0 ? json : { ...rest, json };
  }

  #bytes(bytes: Uint8Array): Json {
    if (bytes.length > 200) return `${String(bytes.length)} bytes`;
    const text = Buffer.from(bytes).toString();
    return /^[\x20-\x7e]*$/.test(text) ? this.#text(text) : Buffer.from(bytes).toString('hex');
  }

  /** Any value of JSON, its texts masked. */
  #value(value: unknown): Json {
    if (typeof value === 'string') return this.#text(value);
    if (Array.isArray(value)) return value.map((item) => this.#value(item));
    if (typeof value !== 'object' || value === null) return (value ?? null) as Json;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#value(item)]));
  }

  #text(text: string): string {
    return text
      .replaceAll(this.#prefix, '')
      .replaceAll(encodeURIComponent(this.#prefix), '')
      .replaceAll(UUID, (id) => this.#label(id))
      .replaceAll(CLIENT_DEADLINE, 'Deadline exceeded')
      .replaceAll(TIMESTAMP_IN_TEXT, '(a time)')
      .replaceAll(PROTOBUF_TEXT_GAP, '$1 ');
  }

  /** The same id has the same label throughout a transcript. */
  #label(id: string): string {
    const known = this.#ids.get(id);
    if (known !== undefined) return known;
    const label = `(id ${String(this.#ids.size + 1)})`;
    this.#ids.set(id, label);
    return label;
  }
}

function durationSeconds(message: object): number {
  return Number(field(message, 'seconds') ?? 0) + Number(field(message, 'nanos') ?? 0) / 1e9;
}

function field(message: object, name: string): unknown {
  return Object.hasOwn(message, name) ? (message as Record<string, unknown>)[name] : undefined;
}
