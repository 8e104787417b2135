import type { Payload, SearchAttributes } from '@perdure/proto/types';
import type { Limits } from '../kernel/limits.ts';
import { searchAttributesSize } from '../kernel/payload-size.ts';
import { type Rejection, reject } from '../kernel/rejection.ts';
import { decodeAttribute, isRemoval, listedForm, namesType, payloadType, withType } from './attribute-payload.ts';
import {
  type AttributeType,
  type CustomAttributes,
  isPredefinedAttribute,
  isSettablePredefinedAttribute,
  isSystemAttribute,
  storedAttributeType,
} from './attributes.ts';
import type { AttributeValue } from './record.ts';

/** What the search attributes of a request are checked against. */
export interface SearchAttributeRules {
  /** As error texts name it. */
  readonly namespace: string;
  readonly custom: CustomAttributes;
  readonly limits: Pick<Limits, 'searchAttributeKeysMax'>;
}

const NO_CUSTOM_ATTRIBUTES: CustomAttributes = new Map();

/**
 * Refuses (InvalidArgument) search attributes that a caller may not set: unknown names, names of the server's own,
 * too many, values that are not of their type. {@link checkSearchAttributeSizes} is the other half.
 * Temporal: common/searchattribute/mapper.go UnaliasFields, then validator.go Validate.
 */
export function checkSearchAttributes(
  attributes: SearchAttributes | undefined,
  rules: SearchAttributeRules,
): Rejection | undefined {
  const unknown = checkSearchAttributeNames(attributes, rules);
  if (unknown !== undefined) return unknown;
  const fields = Object.entries(attributes?.indexedFields ?? {});
  const { searchAttributeKeysMax } = rules.limits;
  if (fields.length > searchAttributeKeysMax) {
    return reject.invalidArgument(
      `number of search attributes ${fields.length} exceeds limit ${searchAttributeKeysMax}`,
    );
  }
  for (const [name, payload] of fields) {
    const refusal = checkField(name, payload, rules.custom);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The first part of it: names that nobody knows. */
export function checkSearchAttributeNames(
  attributes: SearchAttributes | undefined,
  { namespace, custom }: SearchAttributeRules,
): Rejection | undefined {
  const isKnown = (name: string) => isSystemAttribute(name) || storedAttributeType(name, custom) !== undefined;
  const unknown = Object.keys(attributes?.indexedFields ?? {}).find((name) => !isKnown(name));
  if (unknown === undefined) return undefined;
  return reject.invalidArgument(`Namespace ${namespace} has no mapping defined for search attribute ${unknown}`);
}

function checkField(name: string, payload: Payload, custom: CustomAttributes): Rejection | undefined {
  const type = storedAttributeType(name, custom);
  const isInternal = isPredefinedAttribute(name) && !isSettablePredefinedAttribute(name);
  if (type === undefined || isInternal || isSystemAttribute(name)) {
    return reject.invalidArgument(`${name} attribute can't be set in SearchAttributes`);
  }
  const decoded = decodeAttribute(payload, type);
  if (decoded.kind !== 'invalid') return undefined;
  return reject.invalidArgument(`invalid value for search attribute ${name} of type ${type}: ${decoded.shown}`);
}

/** Refuses (InvalidArgument) search attributes that are too large. Temporal: validator.go, ValidateSize. */
export function checkSearchAttributeSizes(
  attributes: SearchAttributes | undefined,
  limits: Pick<Limits, 'searchAttributeValueSizeBytesMax' | 'searchAttributesSizeBytesMax'>,
): Rejection | undefined {
  const valueMax = limits.searchAttributeValueSizeBytesMax;
  for (const [name, payload] of Object.entries(attributes?.indexedFields ?? {})) {
    const size = payload.data?.length ?? 0;
    if (size > valueMax) {
      return reject.invalidArgument(`search attribute ${name} value size ${size} exceeds size limit ${valueMax}`);
    }
  }
  const size = searchAttributesSize(attributes);
  if (size <= limits.searchAttributesSizeBytesMax) return undefined;
  return reject.invalidArgument(
    `total size of search attributes ${size} exceeds size limit ${limits.searchAttributesSizeBytesMax}`,
  );
}

/**
 * The attributes as queries compare them, by name. The type is that of the predefined attribute, else the registered
 * one, else what the payload says; what is null, of no known type, or not of its type is left out.
 */
export function attributeValues(
  attributes: SearchAttributes | undefined,
  custom: CustomAttributes = NO_CUSTOM_ATTRIBUTES,
): ReadonlyMap<string, AttributeValue> {
  return new Map(typedFields(attributes, custom).map(({ name, value }) => [name, value]));
}

/**
 * The same attributes as lists show them: of their registered types, a sole item without its list. Undefined where none
 * is left. Temporal: common/searchattribute/encode.go.
 */
export function listedSearchAttributes(
  attributes: SearchAttributes | undefined,
  custom: CustomAttributes = NO_CUSTOM_ATTRIBUTES,
): SearchAttributes | undefined {
  const fields = typedFields(attributes, custom).map(({ name, payload, type }): [string, Payload] => [
    name,
    listedForm(payload, type),
  ]);
  return fields.length === 0 ? undefined : { indexedFields: Object.fromEntries(fields) };
}

/**
 * The attributes as they were given, as histories and descriptions show them: a payload that names no type gets that of
 * its attribute. Undefined where there are none. Temporal: common/searchattribute/search_attirbute.go, ApplyTypeMap.
 */
export function withAttributeTypes(
  attributes: SearchAttributes | undefined,
  custom: CustomAttributes = NO_CUSTOM_ATTRIBUTES,
): SearchAttributes | undefined {
  const fields = Object.entries(attributes?.indexedFields ?? {}).map(([name, payload]): [string, Payload] => {
    const type = namesType(payload) ? undefined : storedAttributeType(name, custom);
    return [name, type === undefined ? payload : withType(payload, type)];
  });
  return fields.length === 0 ? undefined : { indexedFields: Object.fromEntries(fields) };
}

interface TypedField {
  readonly name: string;
  readonly type: AttributeType;
  readonly payload: Payload;
  readonly value: AttributeValue;
}

function typedFields(attributes: SearchAttributes | undefined, custom: CustomAttributes): readonly TypedField[] {
  const fields: TypedField[] = [];
  for (const [name, payload] of Object.entries(attributes?.indexedFields ?? {})) {
    const type = storedAttributeType(name, custom) ?? payloadType(payload);
    if (type === undefined) continue;
    const decoded = decodeAttribute(payload, type);
    if (decoded.kind === 'value') fields.push({ name, type, payload, value: decoded.value });
  }
  return fields;
}

/**
 * The attributes after an upsert: what it names is replaced, or removed by null or an empty list. Undefined where none
 * is left. With nothing before, it is what a start keeps. Temporal: common/payload/payload.go, MergeMapOfPayload.
 */
export function mergeSearchAttributes(
  attributes: SearchAttributes | undefined,
  upserted: SearchAttributes | undefined,
): SearchAttributes | undefined {
  const fields = new Map(Object.entries(attributes?.indexedFields ?? {}));
  for (const [name, payload] of Object.entries(upserted?.indexedFields ?? {})) {
    if (isRemoval(payload)) fields.delete(name);
    else fields.set(name, payload);
  }
  return fields.size === 0 ? undefined : { indexedFields: Object.fromEntries(fields) };
}
