import type { IndexedValueType, ListSearchAttributesResponse } from '@perdure/proto/json-types';
import type { AttributeKind, Operator } from './filters.ts';

/** What a list can be asked for. */
export interface Attribute {
  readonly name: string;
  readonly kind: AttributeKind;
  readonly isCustom: boolean;
  /** All values that there are, where they are few. */
  readonly choices?: readonly string[];
  /** What can be asked of it, where that is less than of others of its kind. */
  readonly operators?: readonly Operator[];
}

function kindOfType(type: IndexedValueType): AttributeKind {
  const word = type.replace('INDEXED_VALUE_TYPE_', '');
  if (word === 'KEYWORD_LIST') return 'KeywordList';
  return (word.charAt(0) + word.slice(1).toLowerCase()) as AttributeKind;
}

/** The attributes of a namespace: its own, or those that the server sets. */
export function listedAttributes(
  listed: ListSearchAttributesResponse | undefined,
  of: 'custom' | 'system',
): readonly Attribute[] {
  const fields = of === 'custom' ? listed?.customAttributes : listed?.systemAttributes;
  return Object.entries(fields ?? {})
    .map(([name, type]) => ({ name, kind: kindOfType(type), isCustom: of === 'custom' }))
    .sort((left, right) => left.name.localeCompare(right.name));
}

/** How values of an attribute are written; of one that is unknown, as texts. */
export function kindsOf(attributes: readonly Attribute[]): (name: string) => AttributeKind {
  return (name) => attributes.find((each) => each.name === name)?.kind ?? 'Keyword';
}

/** What can be asked of an attribute, in words. */
export function operatorsOf({ kind, operators }: Pick<Attribute, 'kind' | 'operators'>): readonly OperatorWords[] {
  const all = operatorsOfKind(kind);
  return operators === undefined ? all : all.filter(([operator]) => operators.includes(operator));
}

type OperatorWords = readonly [Operator, string];

function operatorsOfKind(kind: AttributeKind): readonly OperatorWords[] {
  const nothing = [
    ['IS NULL', 'is not set'],
    ['IS NOT NULL', 'is set'],
  ] as const;
  switch (kind) {
    case 'Text':
      return [['=', 'has the word'], ['!=', 'has not the word'], ...nothing];
    case 'Bool':
      return [['=', 'is'], ['!=', 'is not'], ...nothing];
    case 'Keyword':
    case 'KeywordList':
      return [
        ['=', 'is'],
        ['!=', 'is not'],
        ['STARTS_WITH', 'begins with'],
        ['IN', 'is one of'],
        ['NOT IN', 'is none of'],
        ...nothing,
      ];
    case 'Int':
    case 'Double':
      return [['=', '='], ['!=', '≠'], ['>', '>'], ['>=', '≥'], ['<', '<'], ['<=', '≤'], ...nothing];
    case 'Datetime':
      return [['>=', 'from'], ['<=', 'until'], ['>', 'after'], ['<', 'before'], ...nothing];
  }
}
