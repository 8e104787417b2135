import type { IndexedValueType, ListSearchAttributesResponse } from '@perdure/proto/json-types';
import type { AttributeKind, Operator } from './filters.ts';

export interface Attribute {
  readonly name: string;
  readonly kind: AttributeKind;
  readonly isCustom: boolean;
}

/** What a list can be asked for on every server. */
const builtIn: readonly (readonly [string, AttributeKind])[] = [
  ['ExecutionStatus', 'Keyword'],
  ['WorkflowId', 'Keyword'],
  ['WorkflowType', 'Keyword'],
  ['RunId', 'Keyword'],
  ['TaskQueue', 'Keyword'],
  ['StartTime', 'Datetime'],
  ['CloseTime', 'Datetime'],
  ['ExecutionTime', 'Datetime'],
  ['ExecutionDuration', 'Int'],
  ['HistoryLength', 'Int'],
  ['HistorySizeBytes', 'Int'],
  ['StateTransitionCount', 'Int'],
  ['ParentWorkflowId', 'Keyword'],
  ['RootWorkflowId', 'Keyword'],
];

function kindOfType(type: IndexedValueType): AttributeKind {
  const word = type.replace('INDEXED_VALUE_TYPE_', '');
  if (word === 'KEYWORD_LIST') return 'KeywordList';
  return (word.charAt(0) + word.slice(1).toLowerCase()) as AttributeKind;
}

/** Built-in attributes, then those of the namespace. */
export function attributesOf(listed: ListSearchAttributesResponse | undefined): readonly Attribute[] {
  const known = new Set(builtIn.map(([name]) => name));
  const more = (fields: Readonly<Record<string, IndexedValueType>> | undefined, isCustom: boolean): Attribute[] =>
    Object.entries(fields ?? {})
      .filter(([name]) => !known.has(name))
      .map(([name, type]) => ({ name, kind: kindOfType(type), isCustom }))
      .sort((left, right) => left.name.localeCompare(right.name));
  return [
    ...builtIn.map(([name, kind]) => ({ name, kind, isCustom: false })),
    ...more(listed?.customAttributes, true),
    ...more(listed?.systemAttributes, false),
  ];
}

/** What can be asked of an attribute of a kind, in words. */
export function operatorsOf(kind: AttributeKind): readonly (readonly [Operator, string])[] {
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
      return [['>=', 'from'], ['<=', 'until'], ...nothing];
  }
}

export const statusValues = [
  'Running',
  'Completed',
  'Failed',
  'Canceled',
  'Terminated',
  'ContinuedAsNew',
  'TimedOut',
  'Paused',
] as const;
