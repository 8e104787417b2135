import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { Refusal } from './raw-client.ts';

/** The gRPC code, the message, and the error detail where there is one. */
export type Expected = readonly [code: string, message: string, detail?: Readonly<Record<string, unknown>>];

/** What a request changes in a good one, and how it is refused. */
export type BadRequest = readonly [name: string, change: object, expected: Expected];

/** Messages of Temporal 1.32 that 1.31 words differently; a server may use either. */
const OLDER_WORDS: Readonly<Record<string, string>> = {
  'Namespace not set on request.': 'Namespace is empty.',
  'WorkflowId exceeds maximum allowed length (1001/1000)': 'WorkflowId length exceeds limit.',
  'WorkflowId exceeds maximum allowed length (1002/1000)': 'WorkflowId length exceeds limit.',
  'Request ID exceeds maximum allowed length (1001/1000)': 'RequestId length exceeds limit.',
  'signal not set': 'SignalName is not set on request.',
  'signal name exceeds maximum allowed length (1001/1000)': 'SignalName length exceeds limit.',
  'workflow type not set': 'WorkflowType is not set on request.',
  'BadScheduleActivityAttributes: a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ActivityId=a ActivityType=t':
    'BadScheduleActivityAttributes: a valid StartToClose or ScheduleToCloseTimeout is not set on ScheduleActivityTaskCommand. ActivityId=a ActivityType=t',
};

export const invalid = (message: string): Expected => ['INVALID_ARGUMENT', message];
export const notFound = (message: string): Expected => ['NOT_FOUND', message, { type: 'NotFoundFailure' }];
export const namespaceNotFound = (namespace: string): Expected => [
  'NOT_FOUND',
  `Namespace ${namespace} is not found.`,
  { type: 'NamespaceNotFoundFailure', namespace },
];

/** Asserts that a refusal is the expected one, word for word. */
export function assertRefusal(actual: Refusal, [code, message, detail]: Expected): void {
  const older = OLDER_WORDS[message];
  const words = actual.message === older ? older : message;
  assert.deepEqual(actual, { code, message: words, ...(detail === undefined ? {} : { detail }) });
}

/** An id one byte longer than the limit of 1,000. */
export const TOO_LONG = 'x'.repeat(1001);

/** A payload list one byte over the limit of 2 MiB for one blob. */
export const TOO_BIG = {
  payloads: [{ metadata: { encoding: Buffer.from('binary/plain') }, data: Buffer.alloc(2 * 1024 * 1024 + 1) }],
};

/** A search attribute as the SDKs send it. */
export function jsonPayload(json: string): object {
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(json) };
}
