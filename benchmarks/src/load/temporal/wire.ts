import { msToTs } from '@temporalio/common/lib/time.js';
import type { google } from '@temporalio/proto';

export const NAMESPACE = 'default';
export const TASK_QUEUE = 'bench';

export function durationOf(milliseconds: number): google.protobuf.IDuration {
  return msToTs(milliseconds);
}
