import type { DescribeNamespaceResponse, IndexedValueType } from '@perdure/proto/json-types';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { call } from '../../api/client.ts';
import { boundTo } from '../../components/bound.ts';
import { ActionDialog } from '../../components/dialog.tsx';
import { FieldRow, SelectField, TextField } from '../../components/field.tsx';
import { JsonField } from '../../components/json-editor.tsx';
import { toast } from '../../components/toast.tsx';
import {
  emptyNamespaceForm,
  type NamespaceForm,
  namespaceFormOf,
  namespaceProblem,
  registerRequest,
  updateRequest,
} from './namespace-form.ts';

/** Reads anew what a change of a namespace shows in. */
function useReadAnew() {
  const queryClient = useQueryClient();
  return async (namespace: string): Promise<void> => {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: ['ListNamespaces'] }),
      queryClient.invalidateQueries({ queryKey: ['DescribeNamespace', namespace] }),
      queryClient.invalidateQueries({ queryKey: ['ListSearchAttributes', namespace] }),
    ]);
  };
}

interface FieldsProps {
  readonly form: NamespaceForm;
  readonly set: (part: Partial<NamespaceForm>) => void;
}

function NamespaceFields({ form, set }: FieldsProps): ReactNode {
  const problem = namespaceProblem(form);
  const bound = boundTo(form, set, {
    retention: problem === 'retention' && 'Such as 3d or 72h',
    data: problem === 'data' && 'A JSON object whose values are strings',
  });
  return (
    <>
      <FieldRow>
        <TextField label="Retention" hint="How long closed workflows are kept: 3d, 72h" {...bound.text('retention')} />
        <TextField label="Owner" hint="An email address" type="email" {...bound.text('ownerEmail')} />
      </FieldRow>
      <TextField label="Description" {...bound.text('description')} />
      <JsonField label="Data" hint="A JSON object of strings, for tools of yours" {...bound.value('data')} />
    </>
  );
}

export function CreateNamespaceDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [form, setForm] = useState(emptyNamespaceForm);
  const set = (part: Partial<NamespaceForm>): void => setForm((before) => ({ ...before, ...part }));
  const readAnew = useReadAnew();
  const navigate = useNavigate();
  return (
    <ActionDialog
      title="Create a namespace"
      description="Workflows of one namespace know nothing of another's. The name stays."
      actionLabel="Create"
      isReady={namespaceProblem(form) === undefined}
      onClose={onClose}
      onAction={async () => {
        await call('RegisterNamespace', registerRequest(form));
        const namespace = form.name.trim();
        toast(`The namespace ${namespace} is made`);
        await readAnew(namespace);
        await navigate({ to: '/namespaces/$namespace/details', params: { namespace } });
      }}
    >
      <TextField label="Name" value={form.name} onChange={(event) => set({ name: event.target.value })} />
      <NamespaceFields form={form} set={set} />
    </ActionDialog>
  );
}

export interface NamespaceDialogProps {
  readonly namespace: string;
  readonly onClose: () => void;
}

export function EditNamespaceDialog({
  namespace,
  description,
  onClose,
}: NamespaceDialogProps & { readonly description: DescribeNamespaceResponse }): ReactNode {
  const [form, setForm] = useState(() => namespaceFormOf(description));
  const readAnew = useReadAnew();
  return (
    <ActionDialog
      title={`Edit ${namespace}`}
      description="An empty description or owner stays as it is; data is added to, name by name."
      actionLabel="Save"
      isReady={namespaceProblem(form) === undefined}
      onClose={onClose}
      onAction={async () => {
        await call('UpdateNamespace', updateRequest(form));
        toast(`The namespace ${namespace} is saved`);
        await readAnew(namespace);
      }}
    >
      <NamespaceFields form={form} set={(part) => setForm((before) => ({ ...before, ...part }))} />
    </ActionDialog>
  );
}

export function DeleteNamespaceDialog({ namespace, onClose }: NamespaceDialogProps): ReactNode {
  const [typed, setTyped] = useState('');
  const readAnew = useReadAnew();
  const navigate = useNavigate();
  return (
    <ActionDialog
      title={`Delete the namespace ${namespace}?`}
      description="All of its workflows, their histories and its schedules go with it. There is no way back."
      actionLabel="Delete"
      variant="danger"
      isReady={typed === namespace}
      onClose={onClose}
      onAction={async () => {
        await call('DeleteNamespace', { namespace });
        toast(`The namespace ${namespace} is deleted`);
        await navigate({ to: '/namespaces' });
        await readAnew(namespace);
      }}
    >
      <TextField label="Its name, to be sure" value={typed} onChange={(event) => setTyped(event.target.value)} />
    </ActionDialog>
  );
}

const attributeTypes = [
  ['INDEXED_VALUE_TYPE_KEYWORD', 'Keyword: one exact text'],
  ['INDEXED_VALUE_TYPE_KEYWORD_LIST', 'Keyword list: several exact texts'],
  ['INDEXED_VALUE_TYPE_TEXT', 'Text: found by its words'],
  ['INDEXED_VALUE_TYPE_INT', 'Int: a whole number'],
  ['INDEXED_VALUE_TYPE_DOUBLE', 'Double: a number'],
  ['INDEXED_VALUE_TYPE_BOOL', 'Bool: true or false'],
  ['INDEXED_VALUE_TYPE_DATETIME', 'Datetime: an instant'],
] as const satisfies readonly (readonly [IndexedValueType, string])[];

export function AddAttributeDialog({ namespace, onClose }: NamespaceDialogProps): ReactNode {
  const [name, setName] = useState('');
  const [type, setType] = useState<IndexedValueType>('INDEXED_VALUE_TYPE_KEYWORD');
  const readAnew = useReadAnew();
  return (
    <ActionDialog
      title="Add a search attribute"
      description="Workflows can set it from then on, and lists can be asked for it."
      actionLabel="Add"
      isReady={name.trim() !== ''}
      onClose={onClose}
      onAction={async () => {
        await call('AddSearchAttributes', { namespace, searchAttributes: { [name.trim()]: type } });
        toast(`The search attribute ${name.trim()} is added`);
        await readAnew(namespace);
      }}
    >
      <TextField label="Name" value={name} onChange={(event) => setName(event.target.value)} />
      <SelectField
        label="Type"
        options={attributeTypes}
        value={type}
        onChange={(event) => setType(event.target.value as IndexedValueType)}
      />
    </ActionDialog>
  );
}

export function RemoveAttributeDialog({
  namespace,
  name,
  onClose,
}: NamespaceDialogProps & { readonly name: string }): ReactNode {
  const readAnew = useReadAnew();
  return (
    <ActionDialog
      title={`Remove the search attribute ${name}?`}
      description="Workflows that set it are refused from then on, and lists can no longer be asked for it."
      actionLabel="Remove"
      variant="danger"
      onClose={onClose}
      onAction={async () => {
        await call('RemoveSearchAttributes', { namespace, searchAttributes: [name] });
        toast(`The search attribute ${name} is removed`);
        await readAnew(namespace);
      }}
    />
  );
}
