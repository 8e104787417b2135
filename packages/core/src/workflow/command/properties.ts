import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { HistoryEvent, Memo, Payload } from '@perdure/proto/types';
import { fieldsSize, memoSize } from '../../kernel/payload-size.ts';
import { isRemoval } from '../../visibility/attribute-payload.ts';
import { mergeSearchAttributes, withAttributeTypes } from '../../visibility/index.ts';
import type { Run } from '../run.ts';
import type { CommandRule } from './command.ts';
import { searchAttributesOversize, searchAttributesProblem } from './search-attributes.ts';

/** Sets and removes search attributes. Temporal: command_attr_validator.go, workflow_task_completed_handler.go. */
export const upsertSearchAttributes: CommandRule = {
  name: 'UpsertWorkflowSearchAttributes',
  closes: false,
  check({ env, run }, command) {
    const cause = WorkflowTaskFailedCause.BadSearchAttributes;
    const on = 'UpsertWorkflowSearchAttributesCommand';
    const attributes = command.upsertWorkflowSearchAttributesCommandAttributes;
    if (attributes === undefined) return { cause, message: `${on}Attributes is not set on ${on}.` };
    const upserted = attributes.searchAttributes;
    if (upserted === undefined) return { cause, message: `SearchAttributes is not set on ${on}.` };
    if (isEmpty(upserted.indexedFields)) return { cause, message: `IndexedFields is not set on ${on}.` };
    const problem = searchAttributesProblem(upserted, env.namespace, env.limits);
    if (problem !== undefined) return { cause, message: problem };
    if (fieldsSize(upserted.indexedFields) > env.limits.blobSizeBytesMax) {
      return { cause, message: `${on}Attributes exceeds size limit.`, terminates: true };
    }
    const merged = mergeSearchAttributes(run.lifecycle.searchAttributes, upserted);
    const oversize = searchAttributesOversize(merged, env.limits);
    return oversize === undefined ? undefined : { cause, message: oversize, terminates: true };
  },
  execute({ transition, completedEventId }, command) {
    transition.append({
      eventType: EventType.UpsertWorkflowSearchAttributes,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      upsertWorkflowSearchAttributesEventAttributes: {
        workflowTaskCompletedEventId: completedEventId,
        searchAttributes: withAttributeTypes(
          command.upsertWorkflowSearchAttributesCommandAttributes?.searchAttributes,
          transition.env.namespace.customAttributes,
        ),
      },
    });
  },
};

/** Sets and removes fields of the memo. Temporal: command_attr_validator.go, workflow_task_completed_handler.go. */
export const modifyProperties: CommandRule = {
  name: 'ModifyWorkflowProperties',
  closes: false,
  check({ env, run }, command) {
    const cause = WorkflowTaskFailedCause.BadModifyWorkflowPropertiesAttributes;
    const on = 'ModifyWorkflowPropertiesCommand';
    const attributes = command.modifyWorkflowPropertiesCommandAttributes;
    if (attributes === undefined) return { cause, message: `${on}Attributes is not set on ${on}.` };
    const upserted = attributes.upsertedMemo;
    if (upserted === undefined) return { cause, message: `UpsertedMemo is not set on ${on}.` };
    if (isEmpty(upserted.fields)) return { cause, message: `UpsertedMemo.Fields is not set on ${on}.` };
    if (fieldsSize(upserted.fields) > env.limits.blobSizeBytesMax) {
      return { cause, message: `${on}Attributes exceeds size limit.`, terminates: true };
    }
    if (memoSize(mergeMemo(run.lifecycle.memo, upserted)) > env.limits.memoSizeBytesMax) {
      return { cause, message: `${on}Attributes. Memo exceeds size limit.`, terminates: true };
    }
    return undefined;
  },
  execute({ transition, completedEventId }, command) {
    transition.append({
      eventType: EventType.WorkflowPropertiesModified,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      workflowPropertiesModifiedEventAttributes: {
        workflowTaskCompletedEventId: completedEventId,
        upsertedMemo: command.modifyWorkflowPropertiesCommandAttributes?.upsertedMemo,
      },
    });
  },
};

export function applySearchAttributesUpserted(run: Run, event: HistoryEvent): void {
  const upserted = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes;
  run.lifecycle.searchAttributes = mergeSearchAttributes(run.lifecycle.searchAttributes, upserted);
}

export function applyMemoModified(run: Run, event: HistoryEvent): void {
  const upserted = event.workflowPropertiesModifiedEventAttributes?.upsertedMemo;
  run.lifecycle.memo = mergeMemo(run.lifecycle.memo, upserted);
}

/**
 * A memo with fields set, and removed by null or an empty list. Undefined where none is left. With nothing before, it is
 * what a start keeps. Temporal: common/payload/payload.go, MergeMapOfPayload.
 */
export function mergeMemo(memo: Memo | undefined, upserted: Memo | undefined): Memo | undefined {
  const fields = new Map(Object.entries(memo?.fields ?? {}));
  for (const [name, payload] of Object.entries(upserted?.fields ?? {})) {
    if (isRemoval(payload)) fields.delete(name);
    else fields.set(name, payload);
  }
  return fields.size === 0 ? undefined : { fields: Object.fromEntries(fields) };
}

function isEmpty(fields: { readonly [name: string]: Payload } | undefined): boolean {
  return Object.keys(fields ?? {}).length === 0;
}
