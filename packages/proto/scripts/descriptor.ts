import { createRequire } from 'node:module';
import { additions } from './additions.ts';

/** A field as protobufjs writes it in its JSON descriptors. */
export interface FieldDescriptor {
  readonly type: string;
  readonly id: number;
  readonly rule?: 'repeated' | 'required' | 'optional';
  readonly keyType?: string;
  readonly protoName?: string;
}

/** A method of a service. */
export interface MethodDescriptor {
  readonly requestType: string;
  readonly responseType: string;
  readonly requestStream?: boolean;
  readonly responseStream?: boolean;
  readonly parsedOptions?: readonly { readonly '(google.api.http)'?: HttpRule }[];
}

/** How a method is called over HTTP: `google.api.HttpRule`. */
export interface HttpRule {
  readonly get?: string;
  readonly post?: string;
  readonly put?: string;
  readonly patch?: string;
  readonly delete?: string;
  readonly body?: string;
  readonly additional_bindings?: HttpRule | readonly HttpRule[];
}

/** A namespace, message, enum or service as protobufjs writes it in its JSON descriptors. */
export interface Descriptor {
  readonly nested?: Readonly<Record<string, Descriptor>>;
  readonly fields?: Readonly<Record<string, FieldDescriptor>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly methods?: Readonly<Record<string, MethodDescriptor>>;
}

/** A message, enum or service with where it stands. */
export interface Entry {
  /** The package alone. */
  readonly packageName: string;
  /** The full name without a leading dot. */
  readonly fullName: string;
  /** The name within the package, nested names joined: `LinkWorkflowEvent`. */
  readonly joinedName: string;
  readonly descriptor: Descriptor;
}

/** Packages that a Temporal server has no use for: Temporal Cloud, the SDK's own protocol, documentation options. */
const UNUSED = [
  'coresdk',
  'temporal.api.cloud',
  'temporal.api.protometa',
  'nexusannotations',
  'grpc.gateway',
  'google.api',
];

/** What stays of google.protobuf: the well-known types. The rest describes descriptors. */
const WELL_KNOWN = new Set(['Any', 'Duration', 'Empty', 'FieldMask', 'Timestamp', 'Struct', 'ListValue']);

function isUsed(fullName: string): boolean {
  if (UNUSED.some((name) => fullName === name || fullName.startsWith(`${name}.`))) return false;
  const wellKnown = /^google\.protobuf\.(\w+)$/.exec(fullName)?.[1];
  return wellKnown === undefined || wellKnown.endsWith('Value') || WELL_KNOWN.has(wellKnown);
}

type Filter = (fullName: string) => boolean;

function* walk(
  namespace: Descriptor,
  used: Filter,
  scope: string,
  packageName: string,
  outer: string,
): Generator<Entry> {
  for (const [name, descriptor] of Object.entries(namespace.nested ?? {})) {
    const fullName = scope === '' ? name : `${scope}.${name}`;
    if (!used(fullName)) continue;
    if (descriptor.fields ?? descriptor.values ?? descriptor.methods) {
      const joinedName = outer + name;
      yield { packageName, fullName, joinedName, descriptor };
      yield* walk(descriptor, used, fullName, packageName, joinedName);
    } else {
      yield* walk(descriptor, used, fullName, fullName, '');
    }
  }
}

/**
 * All messages, enums and services that the server uses: those of `@temporalio/proto`, then the additions.
 * Runs in the generator's own process only, for it fills the root that the official SDK uses.
 */
export function loadEntries(): readonly Entry[] {
  const require = createRequire(import.meta.url);
  const root = require('@temporalio/proto/protos/json-module.js') as { toJSON(): Descriptor };
  return [...walk(root.toJSON(), isUsed, '', '', ''), ...walk(additions, () => true, '', '', '')];
}

/** The name of a field in our objects: protobuf's own camelCase, which protobufjs keeps in all but `Any.type_url`. */
export function fieldName(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Finds the full name that a reference means, from the innermost scope outwards as protobuf does. */
export function resolveReference(reference: string, scope: string, known: { has(fullName: string): boolean }): string {
  for (let outer = scope; outer !== ''; outer = outer.slice(0, Math.max(0, outer.lastIndexOf('.')))) {
    if (known.has(`${outer}.${reference}`)) return `${outer}.${reference}`;
  }
  if (!known.has(reference)) throw new Error(`${scope} refers to ${reference}, which is not kept`);
  return reference;
}
