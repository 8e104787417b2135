import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Dices } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { call } from '../../../api/client.ts';
import { messageOf } from '../../../api/errors.ts';
import { searchAttributesQuery } from '../../../api/queries.ts';
import { ArgumentsField } from '../../../components/arguments-field.tsx';
import { Button, IconButton } from '../../../components/button.tsx';
import { TextField } from '../../../components/field.tsx';
import { jsonProblem } from '../../../lib/json-problem.ts';
import { counted } from '../../../lib/words.ts';
import { Notice } from '../../../components/notice.tsx';
import { toast } from '../../../components/toast.tsx';
import { taskQueueQuery } from '../api.ts';
import styles from './start-form.module.css';
import { StartOptions } from './start-options.tsx';
import { type StartForm, startRequest } from './start-request.ts';

export interface StartFormProps {
  readonly namespace: string;
  readonly initial: StartForm;
}

export function StartFormView({ namespace, initial }: StartFormProps): ReactNode {
  const form = useForm<StartForm>({ defaultValues: { ...initial, workflowId: crypto.randomUUID() } as never });
  const { register, handleSubmit, setValue, watch, formState } = form;
  const [error, setError] = useState<unknown>();
  const navigate = useNavigate();
  const { data: attributes } = useQuery(searchAttributesQuery(namespace));
  const start = async (values: StartForm): Promise<void> => {
    setError(undefined);
    try {
      const request = startRequest(namespace, values, attributes?.customAttributes ?? {});
      const { runId = '' } = await call('StartWorkflowExecution', request);
      toast(`${values.workflowId} is started`);
      await navigate({
        to: '/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}',
        params: { namespace, workflowId: values.workflowId.trim(), runId },
      });
    } catch (caught) {
      setError(caught);
    }
  };
  const problem = { required: 'Needed' } as const;
  return (
    <form className={styles.form} onSubmit={(event) => void handleSubmit(start)(event)} noValidate>
      <div className={styles.inline}>
        <TextField
          label="Workflow ID"
          error={formState.errors.workflowId?.message}
          {...register('workflowId', problem)}
        />
        <IconButton
          label="Another random ID"
          variant="default"
          onClick={() => setValue('workflowId', crypto.randomUUID())}
        >
          <Dices size={15} />
        </IconButton>
      </div>
      <TextField label="Workflow type" error={formState.errors.type?.message} {...register('type', problem)} />
      <TextField
        label="Task queue"
        hint={<PollerHint namespace={namespace} queue={watch('taskQueue')} />}
        error={formState.errors.taskQueue?.message}
        {...register('taskQueue', problem)}
      />
      <Controller
        control={form.control}
        name="args"
        rules={{ validate: (args) => args.every(({ text }) => jsonProblem(text) === undefined) || 'No JSON yet' }}
        render={({ field }) => (
          <ArgumentsField
            value={field.value.map(({ text }) => text)}
            onChange={(texts) => field.onChange(texts.map((text) => ({ text })))}
          />
        )}
      />
      <StartOptions form={form} />
      {error !== undefined && <Notice tone="failed">{messageOf(error)}</Notice>}
      <div>
        <Button type="submit" variant="primary" disabled={formState.isSubmitting}>
          {formState.isSubmitting ? 'Starting…' : 'Start the workflow'}
        </Button>
      </div>
    </form>
  );
}

function PollerHint({ namespace, queue }: { readonly namespace: string; readonly queue: string }): ReactNode {
  const { data } = useQuery({ ...taskQueueQuery(namespace, queue.trim(), 'workflow'), enabled: queue.trim() !== '' });
  if (queue.trim() === '' || data === undefined) return 'Where its workers wait for tasks';
  const count = data.pollers?.length ?? 0;
  return count === 0 ? 'No worker polls it now' : `${counted(count, 'worker polls', 'workers poll')} it`;
}
