import {
  groupValuePayload,
  isPredefinedAttribute,
  isRejection,
  isSystemAttribute,
  LIST_INFO_FIELD,
  namesInQuery,
  reject,
  resolveCountQuery,
  resolveListQuery,
  scheduleIdOf,
  shownSpec,
  type Rejection,
  type VisibilityRecord,
} from '@perdure/core';
import { messageType } from '@perdure/proto';
import type { Memo, ScheduleListEntry, ScheduleListInfo, SearchAttributes } from '@perdure/proto/types';
import type { Reply } from './handler.ts';
import { readListPage } from './list-page.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import { searchWithin } from './search-limit.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';

/** Schedules as visibility knows them. */
export const scheduleLists: WorkflowMethods = {
  ListSchedules: within(NamespaceUse.Any, listSchedules),
  CountSchedules: within(NamespaceUse.Any, countSchedules),
};

/** Temporal: worker/scheduler/fx.go, VisibilityListQueryV1. */
const OPEN_SCHEDULES = "TemporalNamespaceDivision = 'TemporalScheduler' AND ExecutionStatus = 'Running'";

const LIST_INFO = messageType('temporal.api.schedule.v1.ScheduleListInfo');

async function listSchedules(
  scope: Scope,
  request: RequestOf<'ListSchedules'>,
): Promise<Reply<ReplyOf<'ListSchedules'>>> {
  const query = scheduleQuery(request.query ?? '');
  if (isRejection(query)) return query;
  const resolved = resolveListQuery(query, scope.namespace.customAttributes);
  if (isRejection(resolved)) return resolved;
  const page = await readListPage(scope, resolved, request.maximumPageSize, request.nextPageToken);
  if (isRejection(page)) return page;
  return { message: { schedules: page.records.map(listEntry), nextPageToken: page.nextPageToken } };
}

async function countSchedules(
  scope: Scope,
  request: RequestOf<'CountSchedules'>,
): Promise<Reply<ReplyOf<'CountSchedules'>>> {
  const { store, namespace } = scope;
  const query = scheduleQuery(request.query ?? '');
  if (isRejection(query)) return query;
  const resolved = resolveCountQuery(query, namespace.customAttributes);
  if (isRejection(resolved)) return resolved;
  const asked = { namespaceId: namespace.id, ...resolved };
  const counted = await searchWithin(scope, (limitMs) => store.countVisibility({ ...asked, limitMs }));
  if (isRejection(counted)) return counted;
  const count = counted.reduce((total, group) => total + group.count, 0);
  if (resolved.groupBy === undefined) return { message: { count } };
  const groups = counted.map((group) => ({ groupValues: group.values.map(groupValuePayload), count: group.count }));
  return { message: { count, groups } };
}

/** The query within the open schedules. What schedules are in visibility, no query may speak of. */
function scheduleQuery(query: string): string | Rejection {
  if (query.trim() === '') return OPEN_SCHEDULES;
  const names = namesInQuery(query);
  if (isRejection(names)) return names;
  for (const name of names) {
    const isReserved = isSystemAttribute(name) || isPredefinedAttribute(name);
    if (isReserved && name !== 'TemporalSchedulePaused') {
      return reject.invalidArgument(`invalid query filter for schedules: cannot filter on ${JSON.stringify(name)}`);
    }
  }
  return `${OPEN_SCHEDULES} AND (${query})`;
}

function listEntry(record: VisibilityRecord): ScheduleListEntry {
  return {
    scheduleId: scheduleIdOf(record.workflowId),
    memo: shownMemo(record.memo),
    searchAttributes: shownAttributes(record.searchAttributes),
    info: listInfoOf(record.memo),
  };
}

/** A memo without what the server keeps in it; absent where nothing is left. */
export function shownMemo(memo: Memo | undefined): Memo | undefined {
  const { [LIST_INFO_FIELD]: info, ...fields } = memo?.fields ?? {};
  void info;
  return Object.keys(fields).length === 0 ? undefined : { fields };
}

function listInfoOf(memo: Memo | undefined): ScheduleListInfo | undefined {
  const bytes = memo?.fields?.[LIST_INFO_FIELD]?.data;
  if (bytes === undefined) return undefined;
  const info = LIST_INFO.decode(bytes);
  return { ...info, spec: shownSpec(info.spec ?? {}) };
}

/** Attributes that only the server sets on a schedule. */
const OWN_ATTRIBUTES: ReadonlySet<string> = new Set([
  'TemporalSchedulePaused',
  'TemporalNamespaceDivision',
  'BuildIds',
  'BinaryChecksums',
]);

function shownAttributes(attributes: SearchAttributes | undefined): SearchAttributes | undefined {
  const fields = Object.entries(attributes?.indexedFields ?? {}).filter(([name]) => !OWN_ATTRIBUTES.has(name));
  return fields.length === 0 ? undefined : { indexedFields: Object.fromEntries(fields) };
}
