import { AttributeType, type CustomAttributes } from '@perdure/core';

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
  return Object.values(AttributeType).find((type) => type === field.slice(0, -2));
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

function fieldNames(type: AttributeType): string[] {
  return Array.from({ length: FIELDS_MAX[type] }, (_, index) => `${type}${String(index + 1).padStart(2, '0')}`);
}
