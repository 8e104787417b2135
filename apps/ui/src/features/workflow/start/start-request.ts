import type {
  Payload,
  StartWorkflowExecutionRequest,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@perdure/proto/json-types';
import { jsonPayload } from '../../../lib/payload.ts';
import {
  type AttributeTypes,
  attributesFromText,
  fieldsFromText,
  optionalDuration,
} from '../../../lib/payload-fields.ts';

/** What the form holds: text as it is typed. */
export interface StartForm {
  readonly workflowId: string;
  readonly type: string;
  readonly taskQueue: string;
  readonly args: readonly { readonly text: string }[];
  /** How the arguments are encoded. */
  readonly encoding: 'json/plain' | 'json/protobuf';
  /** Of arguments that are messages of Protocol Buffers. */
  readonly messageType: string;
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
  encoding: 'json/plain',
  messageType: '',
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

/** The request of a filled form. Throws with what is wrong where a text is no value. */
export function startRequest(namespace: string, form: StartForm, types: AttributeTypes): StartWorkflowExecutionRequest {
  const attempts = form.maximumAttempts.trim();
  const inputs = form.args.map(({ text }) => text.trim()).filter((text) => text !== '');
  return {
    namespace,
    workflowId: form.workflowId.trim(),
    workflowType: { name: form.type.trim() },
    taskQueue: { name: form.taskQueue.trim() },
    input: inputs.length === 0 ? undefined : { payloads: inputs.map((text) => inputPayload(text, form)) },
    workflowIdReusePolicy: form.reusePolicy,
    workflowIdConflictPolicy: form.conflictPolicy,
    workflowExecutionTimeout: optionalDuration(form.executionTimeout),
    workflowRunTimeout: optionalDuration(form.runTimeout),
    workflowStartDelay: optionalDuration(form.startDelay),
    cronSchedule: form.cronSchedule.trim() || undefined,
    retryPolicy: attempts === '' ? undefined : { maximumAttempts: Number(attempts) },
    userMetadata: userMetadata(form),
    memo: fieldsFromText(form.memo),
    searchAttributes: attributesFromText(form.searchAttributes, types),
    identity: 'perdure-ui',
    requestId: crypto.randomUUID(),
  };
}

function inputPayload(text: string, { encoding, messageType }: StartForm): Payload {
  const metadata = { encoding, ...(encoding === 'json/protobuf' && { messageType: messageType.trim() }) };
  return jsonPayload(JSON.parse(text), metadata);
}

function userMetadata({ summary, details }: StartForm): StartWorkflowExecutionRequest['userMetadata'] {
  if (summary === '' && details === '') return undefined;
  return {
    ...(summary !== '' && { summary: jsonPayload(summary) }),
    ...(details !== '' && { details: jsonPayload(details) }),
  };
}
