/** The types of search attributes, by the names that the protocol and its error texts use. */
export const AttributeType = {
  Text: 'Text',
  Keyword: 'Keyword',
  Int: 'Int',
  Double: 'Double',
  Bool: 'Bool',
  Datetime: 'Datetime',
  KeywordList: 'KeywordList',
} as const;
export type AttributeType = (typeof AttributeType)[keyof typeof AttributeType];

/** The attributes that are fields of every run. Temporal: common/searchattribute/sadefs/constants.go, system. */
export const systemAttributes = {
  WorkflowId: 'Keyword',
  RunId: 'Keyword',
  WorkflowType: 'Keyword',
  StartTime: 'Datetime',
  ExecutionTime: 'Datetime',
  CloseTime: 'Datetime',
  ExecutionStatus: 'Keyword',
  TaskQueue: 'Keyword',
  HistoryLength: 'Int',
  ExecutionDuration: 'Int',
  StateTransitionCount: 'Int',
  HistorySizeBytes: 'Int',
  ParentWorkflowId: 'Keyword',
  ParentRunId: 'Keyword',
  RootWorkflowId: 'Keyword',
  RootRunId: 'Keyword',
} as const satisfies Readonly<Record<string, AttributeType>>;
export type SystemAttributeName = keyof typeof systemAttributes;

/** Predefined attributes that a caller may set. Temporal: sadefs/constants.go, predefinedWhiteList. */
const settablePredefinedAttributes = {
  TemporalChangeVersion: 'KeywordList',
  BinaryChecksums: 'KeywordList',
  BuildIds: 'KeywordList',
  BatcherNamespace: 'Keyword',
  BatcherUser: 'Keyword',
  TemporalScheduledStartTime: 'Datetime',
  TemporalScheduledById: 'Keyword',
  TemporalSchedulePaused: 'Bool',
  TemporalNamespaceDivision: 'Keyword',
  TemporalPauseInfo: 'KeywordList',
  TemporalReportedProblems: 'KeywordList',
} as const satisfies Readonly<Record<string, AttributeType>>;

/** The attributes that the server itself stores with the custom ones. Temporal: sadefs/constants.go, predefined. */
export const predefinedAttributes = {
  ...settablePredefinedAttributes,
  TemporalWorkerDeploymentVersion: 'Keyword',
  TemporalWorkflowVersioningBehavior: 'Keyword',
  TemporalWorkerDeployment: 'Keyword',
  TemporalUsedWorkerDeploymentVersions: 'KeywordList',
  TemporalExternalPayloadCount: 'Int',
  TemporalExternalPayloadSizeBytes: 'Int',
} as const satisfies Readonly<Record<string, AttributeType>>;
export type PredefinedAttributeName = keyof typeof predefinedAttributes;

/** The attributes that a namespace has registered, name to type. */
export type CustomAttributes = ReadonlyMap<string, AttributeType>;

/** An attribute that a query names. Where it is kept follows from its origin: a field of the row, or its `values`. */
export type Attribute =
  | { readonly origin: 'system'; readonly name: SystemAttributeName; readonly type: AttributeType }
  | { readonly origin: 'predefined'; readonly name: PredefinedAttributeName; readonly type: AttributeType }
  | { readonly origin: 'custom'; readonly name: string; readonly type: AttributeType };

/** Queries may leave it away or add it. */
const OPTIONAL_PREFIX = 'Temporal';

/** The name under which queries may give a schedule's id. */
const SCHEDULE_ID = 'ScheduleId';

/** What the workflow of a schedule has before the schedule's id. Temporal: common/primitives/constants.go. */
const SCHEDULE_WORKFLOW_ID_PREFIX = 'temporal-sys-scheduler:';

/** True where the name is taken by a system attribute, which callers cannot set. */
export function isSystemAttribute(name: string): name is SystemAttributeName {
  return Object.hasOwn(systemAttributes, name);
}

export function isPredefinedAttribute(name: string): name is PredefinedAttributeName {
  return Object.hasOwn(predefinedAttributes, name);
}

/** True for a predefined attribute that callers may set, as SDKs and earlier servers do. */
export function isSettablePredefinedAttribute(name: string): boolean {
  return Object.hasOwn(settablePredefinedAttributes, name);
}

/** What a name in a query stands for: an attribute, and what its values are given without. */
export interface AttributeUse {
  readonly attribute: Attribute;
  /** Goes before each text that the query gives; empty but for `ScheduleId`. */
  readonly valuePrefix: string;
}

/**
 * Resolves a name of a query: a custom attribute, else `ScheduleId`, else a built-in one, with or without the prefix
 * `Temporal`. Undefined where there is none; names are case-sensitive.
 * Temporal: store/query/resolve.go, ResolveSearchAttributeAlias.
 */
export function findAttribute(name: string, custom: CustomAttributes): AttributeUse | undefined {
  const exact = builtInAttribute(name);
  if (exact !== undefined) return { attribute: exact, valuePrefix: '' };
  const type = custom.get(name);
  if (type !== undefined) return { attribute: { origin: 'custom', name, type }, valuePrefix: '' };
  if (name === SCHEDULE_ID) {
    const attribute = { origin: 'system', name: 'WorkflowId', type: AttributeType.Keyword } as const;
    return { attribute, valuePrefix: SCHEDULE_WORKFLOW_ID_PREFIX };
  }
  const bare = name.startsWith(OPTIONAL_PREFIX) ? name.slice(OPTIONAL_PREFIX.length) : name;
  const attribute = builtInAttribute(OPTIONAL_PREFIX + name) ?? builtInAttribute(bare);
  return attribute === undefined ? undefined : { attribute, valuePrefix: '' };
}

/** The type of an attribute that is kept in `values`, by its exact name; undefined where there is none. */
export function storedAttributeType(name: string, custom: CustomAttributes): AttributeType | undefined {
  return isPredefinedAttribute(name) ? predefinedAttributes[name] : custom.get(name);
}

function builtInAttribute(name: string): Attribute | undefined {
  if (isSystemAttribute(name)) return { origin: 'system', name, type: systemAttributes[name] };
  if (isPredefinedAttribute(name)) return { origin: 'predefined', name, type: predefinedAttributes[name] };
  return undefined;
}
