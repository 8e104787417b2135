import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { JsonField } from '../../../components/json-editor.tsx';
import { useCodec } from '../../../lib/codec.ts';
import { useEncodedCall } from '../../../lib/codec-call.ts';
import { jsonProblem } from '../../../lib/json-problem.ts';
import { Panel, Stack } from '../../../components/page.tsx';
import { PayloadsView } from '../../../components/payload-view.tsx';
import { HandlerField } from '../actions/send-dialogs.tsx';
import { queryWorkflow, selfDescriptionQuery } from '../api.ts';
import type { WorkflowView } from '../use-workflow.ts';
import { QueryError } from './query-error.tsx';
import styles from './tab.module.css';

/** Asks the workflow something; it answers from its code and its history, and changes nothing. */
export function QueryTab({ view }: { readonly view: WorkflowView }): ReactNode {
  const { data, error: describeError } = useQuery(selfDescriptionQuery(view.run, useCodec()));
  const [name, setName] = useState<string>();
  const [text, setText] = useState('');
  const send = useEncodedCall();
  const chosen = name ?? data?.queries[0] ?? '';
  const {
    mutate,
    data: result,
    error,
    isPending,
    isSuccess,
  } = useMutation({
    mutationFn: () => queryWorkflow(view.run, chosen, text, { send }),
  });
  return (
    <Stack>
      <Panel title="Query">
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            mutate();
          }}
        >
          {describeError !== null && <QueryError error={describeError} tone="waiting" />}
          <HandlerField label="Name" names={data?.queries} value={chosen} onChange={setName} />
          <JsonField label="Argument" value={text} onChange={setText} />
          <div>
            <Button
              type="submit"
              variant="primary"
              disabled={chosen === '' || isPending || jsonProblem(text) !== undefined}
            >
              {isPending ? 'Asking a worker…' : 'Run'}
            </Button>
          </div>
        </form>
      </Panel>
      {error !== null && <QueryError error={error} />}
      {isSuccess && error === null && (
        <Panel title="Answer">
          <PayloadsView payloads={result === undefined ? [] : [result]} label="answer" none="no value" />
        </Panel>
      )}
    </Stack>
  );
}
