import type {
  IndexedValueType,
  Payload,
  SearchAttributes,
  StartWorkflowExecutionRequest,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@perdure/proto/json-types';
import { pascalCase } from '../../../lib/history/events.ts';
import { jsonPayload } from '../../../lib/payload.ts';
import { parseDuration } from '../../../lib/time.ts';

/** What the form holds: text as it is typed. */
export interface StartForm {
  readonly workflowId: string;
  readonly type: string;
  readonly taskQueue: string;
  readonly args: readonly { readonly text: string }[];
  readonly reusePolicy: WorkflowIdReusePolicy;
  readonly conflictPolicy: WorkflowIdConflictPolicy;
  readonly executionTimeout: string;
  readonly runTimeout: string;
  readonly startDelay: string;
  readonly cronSchedule: string;
  readonly maximumAttempts: string;
  readonly summary: string;
  readonly details: string;
  readonly memo: string;
  readonly searchAttributes: string;
}

export const emptyForm: StartForm = {
  workflowId: '',
  type: '',
  taskQueue: '',
  args: [{ text: '' }],
  reusePolicy: 'WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE',
  conflictPolicy: 'WORKFLOW_ID_CONFLICT_POLICY_FAIL',
  executionTimeout: '',
  runTimeout: '',
  startDelay: '',
  cronSchedule: '',
  maximumAttempts: '',
  summary: '',
  details: '',
  memo: '',
  searchAttributes: '',
};

/** Types of registered search attributes by name, as the server lists them. */
export type AttributeTypes = Readonly<Record<string, IndexedValueType>>;

/** The request of a filled form. Throws with what is wrong where a text is no value. */
export function startRequest(namespace: string, form: StartForm, types: AttributeTypes): StartWorkflowExecutionRequest {
  const attempts = form.maximumAttempts.trim();
  const inputs = form.args.map(({ text }) => text.trim()).filter((text) => text !== '');
  return {
    namespace,
    workflowId: form.workflowId.trim(),
    workflowType: { name: form.type.trim() },
    taskQueue: { name: form.taskQueue.trim() },
    input: inputs.length === 0 ? undefined : { payloads: inputs.map((text) => jsonPayload(JSON.parse(text))) },
    workflowIdReusePolicy: form.reusePolicy,
    workflowIdConflictPolicy: form.conflictPolicy,
    workflowExecutionTimeout: optionalDuration(form.executionTimeout),
    workflowRunTimeout: optionalDuration(form.runTimeout),
    workflowStartDelay: optionalDuration(form.startDelay),
    cronSchedule: form.cronSchedule.trim() || undefined,
    retryPolicy: attempts === '' ? undefined : { maximumAttempts: Number(attempts) },
    userMetadata: userMetadata(form),
    memo: fieldsOf(form.memo, () => ({})),
    searchAttributes: attributesOf(form.searchAttributes, types),
    identity: 'perdure-ui',
    requestId: crypto.randomUUID(),
  };
}

function optionalDuration(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const duration = parseDuration(text);
  if (duration === undefined) throw new Error(`${text} is no duration, such as 30s, 5m, 1h`);
  return duration;
}

function userMetadata({ summary, details }: StartForm): StartWorkflowExecutionRequest['userMetadata'] {
  if (summary === '' && details === '') return undefined;
  return {
    ...(summary !== '' && { summary: jsonPayload(summary) }),
    ...(details !== '' && { details: jsonPayload(details) }),
  };
}

/** An object's fields as payloads, each with the metadata that its name asks for. */
function fieldsOf(
  text: string,
  metadataOf: (name: string) => Readonly<Record<string, string>>,
): { fields: Record<string, Payload> } | undefined {
  if (text.trim() === '') return undefined;
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('A JSON object is needed');
  const fields = Object.entries(value).map(([name, field]) => [name, jsonPayload(field, metadataOf(name))] as const);
  return { fields: Object.fromEntries(fields) };
}

function attributesOf(text: string, types: AttributeTypes): SearchAttributes | undefined {
  const read = fieldsOf(text, (name) => {
    const type = types[name];
    return type === undefined ? {} : { type: pascalCase(type.replace('INDEXED_VALUE_TYPE_', '')) };
  });
  return read && { indexedFields: read.fields };
}
