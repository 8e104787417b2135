import type { ReactNode } from 'react';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { FieldRow, SelectField, TextAreaField, TextField } from '../../../components/field.tsx';
import { JsonField } from '../../../components/json-editor.tsx';
import { jsonProblem } from '../../../lib/json-problem.ts';
import { parseDuration } from '../../../lib/time.ts';
import styles from './start-form.module.css';
import type { StartForm } from './start-request.ts';

const reusePolicies = [
  ['WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE', 'Allow a new run'],
  ['WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY', 'Allow one if the last did not complete'],
  ['WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE', 'Refuse'],
] as const;

const conflictPolicies = [
  ['WORKFLOW_ID_CONFLICT_POLICY_FAIL', 'Refuse'],
  ['WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING', 'Use the one that runs'],
  ['WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING', 'Terminate it first'],
] as const;

const isDuration = (text: string): true | string =>
  text.trim() === '' || parseDuration(text) !== undefined || 'Such as 30s, 5m, 1h';
const isCount = (text: string): true | string => /^\d*$/.test(text.trim()) || 'A whole number';

/** What few need: policies, timeouts, retries, metadata. */
export function StartOptions({ form }: { readonly form: UseFormReturn<StartForm> }): ReactNode {
  const { register, formState, control } = form;
  const { errors } = formState;
  return (
    <details className={styles.more}>
      <summary>More options</summary>
      <div className={styles.fields}>
        <FieldRow>
          <SelectField label="If the ID was used" options={reusePolicies} {...register('reusePolicy')} />
          <SelectField label="If the ID is running" options={conflictPolicies} {...register('conflictPolicy')} />
        </FieldRow>
        <FieldRow>
          <TextField
            label="Execution timeout"
            hint="All of its runs"
            error={errors.executionTimeout?.message}
            {...register('executionTimeout', { validate: isDuration })}
          />
          <TextField
            label="Run timeout"
            error={errors.runTimeout?.message}
            {...register('runTimeout', { validate: isDuration })}
          />
          <TextField
            label="Start delay"
            error={errors.startDelay?.message}
            {...register('startDelay', { validate: isDuration })}
          />
        </FieldRow>
        <FieldRow>
          <TextField label="Cron schedule" hint="Such as 0 9 * * 1-5" {...register('cronSchedule')} />
          <TextField
            label="Attempts of the workflow"
            hint="Empty for one, 0 for no limit"
            error={errors.maximumAttempts?.message}
            {...register('maximumAttempts', { validate: isCount })}
          />
        </FieldRow>
        <FieldRow>
          <SelectField
            label="Encoding of arguments"
            options={[
              ['json/plain', 'JSON'],
              ['json/protobuf', 'A protobuf message as JSON'],
            ]}
            {...register('encoding')}
          />
          <TextField
            label="Message type"
            hint="Of a protobuf message, such as orders.v1.Order"
            error={errors.messageType?.message}
            {...register('messageType', {
              validate: (text, { encoding }) => encoding === 'json/plain' || text.trim() !== '' || 'Needed',
            })}
          />
        </FieldRow>
        <TextField label="Summary" hint="One line, Markdown" {...register('summary')} />
        <TextAreaField label="Details" hint="Markdown" {...register('details')} />
        {(['searchAttributes', 'memo'] as const).map((name) => (
          <Controller
            key={name}
            control={control}
            name={name}
            rules={{ validate: (text) => jsonProblem(text) ?? true }}
            render={({ field }) => (
              <JsonField
                label={name === 'memo' ? 'Memo' : 'Search attributes'}
                hint="A JSON object: a field for each"
                value={field.value}
                onChange={field.onChange}
              />
            )}
          />
        ))}
      </div>
    </details>
  );
}
