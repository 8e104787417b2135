import type { Failure } from '@perdure/proto/json-types';
import { type ReactNode, useState } from 'react';
import { useDecodedFailure } from '../../lib/codec.ts';
import { failureLine } from '../../lib/history/events.ts';
import { Button } from '../button.tsx';
import { PayloadsView } from '../payload-view.tsx';
import styles from './inspector.module.css';

/** A failure with its causes: the message first, the stack when it is asked for. */
export function FailureView({ failure }: { readonly failure: Failure }): ReactNode {
  const [showsStack, setShowsStack] = useState(false);
  const causes: Failure[] = [];
  for (let cause = failure.cause; cause !== undefined; cause = cause.cause) causes.push(cause);
  const stacks = [failure, ...causes].some(({ stackTrace, encodedAttributes }) => stackTrace || encodedAttributes);
  return (
    <div className={styles.failure}>
      <OneFailure failure={failure} showsStack={showsStack} />
      {causes.map((cause, index) => (
        <div key={index} className={styles.cause}>
          <div className={styles.more}>caused by</div>
          <OneFailure failure={cause} showsStack={showsStack} />
        </div>
      ))}
      {stacks && (
        <div>
          <Button isSmall aria-expanded={showsStack} onClick={() => setShowsStack(!showsStack)}>
            {showsStack ? 'Hide the stack' : 'Show the stack'}
          </Button>
        </div>
      )}
    </div>
  );
}

interface OneFailureProps {
  readonly failure: Failure;
  readonly showsStack: boolean;
}

function OneFailure({ failure: given, showsStack }: OneFailureProps): ReactNode {
  const failure = useDecodedFailure(given);
  const { applicationFailureInfo, retryState } = { ...failure, retryState: failure.activityFailureInfo?.retryState };
  const notes = [
    applicationFailureInfo?.nonRetryable && 'not retryable',
    failure.activityFailureInfo && `in ${failure.activityFailureInfo.activityType?.name ?? 'an activity'}`,
    failure.childWorkflowExecutionFailureInfo &&
      `in ${failure.childWorkflowExecutionFailureInfo.workflowType?.name ?? 'a child workflow'}`,
    retryState && retryState.replace('RETRY_STATE_', '').replaceAll('_', ' ').toLowerCase(),
  ].filter(Boolean);
  return (
    <>
      <div className={styles.message}>{failureLine(failure)}</div>
      {notes.length > 0 && <div className={styles.more}>{notes.join(', ')}</div>}
      {applicationFailureInfo?.details !== undefined && (
        <PayloadsView payloads={applicationFailureInfo.details} label="details" />
      )}
      {showsStack && failure.stackTrace && <pre className={styles.stack}>{failure.stackTrace}</pre>}
    </>
  );
}
