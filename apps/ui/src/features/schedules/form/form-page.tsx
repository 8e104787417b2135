import type { DescribeScheduleResponse } from '@perdure/proto/json-types';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { GrpcCode, hasCode, messageOf } from '../../../api/errors.ts';
import { searchAttributesQuery } from '../../../api/queries.ts';
import { Button, buttonClass } from '../../../components/button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Page } from '../../../components/page.tsx';
import { Empty, Failure, Loading } from '../../../components/states.tsx';
import { toast } from '../../../components/toast.tsx';
import { useEncodedCall } from '../../../lib/codec-call.ts';
import { identity, scheduleQuery } from '../api.ts';
import { ActionFields } from './action-fields.tsx';
import styles from './form.module.css';
import { PolicyFields } from './policy-fields.tsx';
import { type FormProblems, problemsOf } from './problems.ts';
import { emptyForm, formOf, type ScheduleForm, scheduleOf } from './schedule-form.ts';
import { WhenFields } from './when-fields.tsx';

export function CreateSchedulePage(): ReactNode {
  const { namespace } = useParams({ from: '/namespaces/$namespace/schedules/create' });
  return (
    <Page title="Create a schedule">
      <FormView key={namespace} namespace={namespace} initial={emptyForm} original={undefined} />
    </Page>
  );
}

export function EditSchedulePage(): ReactNode {
  const { namespace, scheduleId } = useParams({ from: '/namespaces/$namespace/schedules/$scheduleId/edit' });
  // Read once: what is being typed must not be replaced under the hands. The conflict token tells whether it changed.
  const { data, error, refetch } = useQuery({
    ...scheduleQuery(namespace, scheduleId),
    queryKey: ['DescribeSchedule', namespace, scheduleId, 'edit'],
    refetchInterval: false,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
  return (
    <Page title={`Edit ${scheduleId}`}>
      {hasCode(error, GrpcCode.notFound) && <Empty title="This schedule is gone">There is nothing to edit.</Empty>}
      {error !== null && !hasCode(error, GrpcCode.notFound) && <Failure error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading>Reading the schedule</Loading>}
      {data !== undefined && (
        <FormView
          key={data.conflictToken}
          namespace={namespace}
          initial={formOf(scheduleId, data.schedule ?? {})}
          original={data}
          onReload={() => void refetch()}
        />
      )}
    </Page>
  );
}

interface FormViewProps {
  readonly namespace: string;
  readonly initial: ScheduleForm;
  /** Undefined for a schedule that is made anew. */
  readonly original: DescribeScheduleResponse | undefined;
  readonly onReload?: () => void;
}

export interface FieldsProps {
  readonly form: ScheduleForm;
  readonly set: (part: Partial<ScheduleForm>) => void;
  readonly problems: FormProblems;
}

function FormView({ namespace, initial, original, onReload }: FormViewProps): ReactNode {
  const [form, setForm] = useState(initial);
  const [wasSent, setWasSent] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const save = useSave(namespace, original);
  const found = problemsOf(form);
  const problems = wasSent ? found : withoutNeeded(found);
  const count = Object.keys(found).length;
  const submit = async (): Promise<void> => {
    setWasSent(true);
    setError(undefined);
    if (count > 0 || isBusy) return;
    setIsBusy(true);
    try {
      await save(form);
    } catch (caught) {
      setError(caught);
    } finally {
      setIsBusy(false);
    }
  };
  const fields: FieldsProps = { form, set: (part) => setForm((before) => ({ ...before, ...part })), problems };
  const isConflict = hasCode(error, GrpcCode.failedPrecondition);
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void submit();
      }}
    >
      <ActionFields {...fields} isNew={original === undefined} />
      <WhenFields {...fields} />
      <PolicyFields {...fields} />
      {error !== undefined && (
        <Notice
          tone="failed"
          actions={
            isConflict && onReload !== undefined && <Button onClick={onReload}>Begin again from what it is now</Button>
          }
        >
          {isConflict ? `It was changed meanwhile, so nothing was saved. ${messageOf(error)}` : messageOf(error)}
        </Notice>
      )}
      <div className={styles.save}>
        <Button type="submit" variant="primary" disabled={isBusy}>
          {original === undefined ? 'Create the schedule' : 'Save'}
        </Button>
        <CancelLink namespace={namespace} scheduleId={original === undefined ? undefined : form.scheduleId} />
        {wasSent && count > 0 && (
          <span className={styles.problem} role="alert">
            {count === 1 ? 'One thing is' : `${count} things are`} not right yet.
          </span>
        )}
      </div>
    </form>
  );
}

/** That a field is still empty is told only to who has tried to save. */
function withoutNeeded(problems: FormProblems): FormProblems {
  return Object.fromEntries(Object.entries(problems).filter(([, text]) => text !== 'Needed'));
}

function CancelLink({ namespace, scheduleId }: { namespace: string; scheduleId: string | undefined }): ReactNode {
  return scheduleId === undefined ? (
    <Link to="/namespaces/$namespace/schedules" params={{ namespace }} className={buttonClass()}>
      Cancel
    </Link>
  ) : (
    <Link
      to="/namespaces/$namespace/schedules/$scheduleId"
      params={{ namespace, scheduleId }}
      className={buttonClass()}
    >
      Cancel
    </Link>
  );
}

/** Sends the form: a new schedule, or the old one as changed, refused where somebody else changed it meanwhile. */
function useSave(namespace: string, original: DescribeScheduleResponse | undefined) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const send = useEncodedCall();
  const { data: attributes } = useQuery(searchAttributesQuery(namespace));
  return async (form: ScheduleForm): Promise<void> => {
    const scheduleId = form.scheduleId.trim();
    const schedule = scheduleOf(form, attributes?.customAttributes ?? {}, original?.schedule);
    const shared = { namespace, scheduleId, schedule, identity, requestId: crypto.randomUUID() };
    if (original === undefined) await send('CreateSchedule', shared);
    else await send('UpdateSchedule', { ...shared, conflictToken: original.conflictToken });
    toast(`The schedule ${scheduleId} is ${original === undefined ? 'created' : 'saved'}`);
    await queryClient.invalidateQueries({ queryKey: ['ListSchedules', namespace] });
    await queryClient.invalidateQueries({ queryKey: scheduleQuery(namespace, scheduleId).queryKey });
    await navigate({ to: '/namespaces/$namespace/schedules/$scheduleId', params: { namespace, scheduleId } });
  };
}
