import type { ReactNode } from 'react';
import { FailureView } from '../../../components/history/failure-view.tsx';
import { PayloadsView } from '../../../components/payload-view.tsx';
import { failureOf } from '../../../lib/history/events.ts';
import type { WorkflowView } from '../use-workflow.ts';
import styles from './tab.module.css';

/** What the workflow was given, and what came of it. */
export function InputResult({ view }: { readonly view: WorkflowView }): ReactNode {
  const { events, isClosed } = view.history;
  const input = events[0]?.workflowExecutionStartedEventAttributes?.input;
  const last = isClosed ? events.at(-1) : undefined;
  const failure = last && failureOf(last);
  const result =
    last?.workflowExecutionCompletedEventAttributes?.result ??
    last?.workflowExecutionContinuedAsNewEventAttributes?.input ??
    last?.workflowExecutionCanceledEventAttributes?.details ??
    last?.workflowExecutionTerminatedEventAttributes?.details;
  const isContinued = last?.workflowExecutionContinuedAsNewEventAttributes !== undefined;
  return (
    <div className={styles.io}>
      <section>
        <h2 className={styles.ioName}>Input</h2>
        <PayloadsView payloads={input} label="input" none="no input" />
      </section>
      <section>
        <h2 className={styles.ioName}>{failure ? 'Failure' : isContinued ? 'Input of the next run' : 'Result'}</h2>
        {failure === undefined ? (
          <PayloadsView payloads={result} label="result" none={view.isOpen ? 'not yet' : 'no result'} />
        ) : (
          <FailureView failure={failure} />
        )}
      </section>
    </div>
  );
}
