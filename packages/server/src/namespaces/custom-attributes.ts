import { AttributeType, type CustomAttributes } from '@perdure/core';
import { IndexedValueType } from '@perdure/proto/enums';

/**
 * How many custom search attributes of each type a namespace may have. Temporal's SQL visibility keeps them in columns
 * made beforehand: common/searchattribute/sadefs/constants.go, defaultNumDBCustomSearchAttributes.
 */
const FIELDS_MAX: Readonly<Record<AttributeType, number>> = {
  Text: 3,
  Keyword: 10,
  Int: 3,
  Double: 3,
  Bool: 3,
  Datetime: 3,
  KeywordList: 3,
};

/** A namespace's custom search attributes as `NamespaceConfig` carries them: field, such as `Keyword01`, to name. */
export type AttributeFields = Readonly<Record<string, string>>;

/** The attributes by name. */
export function customAttributesOf(fields: AttributeFields): CustomAttributes {
  const attributes = new Map<string, AttributeType>();
  for (const [field, name] of Object.entries(fields)) {
    const type = typeOfField(field);
    if (type !== undefined) attributes.set(name, type);
  }
  return attributes;
}

function typeOfField(field: string): AttributeType | undefined {
  return Object.values(AttributeType).find((type) => fieldNames(type).includes(field));
}

/** True for the name of a field, whether or not a namespace uses it. */
export function isAttributeField(name: string): boolean {
  return typeOfField(name) !== undefined;
}

/** All fields with what they take. */
export function allAttributeFields(): Readonly<Record<string, IndexedValueType>> {
  const fields = Object.values(AttributeType).flatMap((type) =>
    fieldNames(type).map((field) => [field, IndexedValueType[type]] as const),
  );
  return Object.fromEntries(fields);
}

export type AddedAttributes =
  | { readonly kind: 'fields'; readonly fields: AttributeFields }
  /** A type has no field left. */
  | { readonly kind: 'full'; readonly type: AttributeType; readonly fieldsMax: number };

/** The fields with these attributes added; a name that is known already stays as it is. */
export function addAttributes(fields: AttributeFields, added: CustomAttributes): AddedAttributes {
  const result: Record<string, string> = { ...fields };
  const known = new Set(Object.values(fields));
  for (const [name, type] of added) {
    if (known.has(name)) continue;
    const free = fieldNames(type).find((field) => !Object.hasOwn(result, field));
    if (free === undefined) return { kind: 'full', type, fieldsMax: FIELDS_MAX[type] };
    result[free] = name;
  }
  return { kind: 'fields', fields: result };
}

/** The fields without those of these attributes; the same object where there is none of them. */
export function removeAttributes(fields: AttributeFields, names: readonly string[]): AttributeFields {
  const kept = Object.entries(fields).filter(([, name]) => !names.includes(name));
  return kept.length === Object.keys(fields).length ? fields : Object.fromEntries(kept);
}

/**
 * The fields with these set, one by one: an empty name frees a field, a name that is known stays where it is. Undefined
 * where a field is taken. Temporal: frontend/namespace_handler.go, upsertCustomSearchAttributesAliases.
 */
export function assignFields(fields: AttributeFields, assigned: AttributeFields): AttributeFields | undefined {
  const result = new Map(Object.entries(fields));
  const known = new Set(result.values());
  for (const [field, name] of Object.entries(assigned)) {
    if (name === '') result.delete(field);
    else if (known.has(name)) continue;
    else if (Object.hasOwn(fields, field)) return undefined;
    else result.set(field, name);
  }
  return Object.fromEntries(result);
}

function fieldNames(type: AttributeType): string[] {
  return Array.from({ length: FIELDS_MAX[type] }, (_, index) => `${type}${String(index + 1).padStart(2, '0')}`);
}
