import type { Failure } from '@perdure/proto/types';

/** The outcome of an update whose run has closed over it. Temporal: workflow/update/errors_failures.go. */
export const CLOSED_BEFORE_COMPLETION: Failure = {
  message: 'Workflow Update failed because the Workflow completed before the Update completed.',
  source: 'Server',
  applicationFailureInfo: { type: 'AcceptedUpdateCompletedWorkflow', nonRetryable: true },
};
