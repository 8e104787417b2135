import { type ReactNode, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Checkbox, SelectField, TextField } from '../../../components/field.tsx';
import { type Attribute, operatorsOf, statusValues } from './attributes.ts';
import type { AttributeKind, Filter, Operator } from './filters.ts';
import styles from './query-bar.module.css';

export interface FilterFormProps {
  readonly attributes: readonly Attribute[];
  readonly initial: Filter | undefined;
  readonly onDone: (filter: Filter) => void;
}

/** One condition: which attribute, how, and with what. */
export function FilterForm({ attributes, initial, onDone }: FilterFormProps): ReactNode {
  const [attribute, setAttribute] = useState(initial?.attribute ?? 'WorkflowId');
  const [operator, setOperator] = useState<Operator>(initial?.operator ?? 'STARTS_WITH');
  const [values, setValues] = useState<readonly string[]>(initial?.values ?? []);
  const kind = attributes.find(({ name }) => name === attribute)?.kind ?? 'Keyword';
  const isStatus = attribute === 'ExecutionStatus';
  const operators = operatorsOf(kind);
  const chooseAttribute = (name: string): void => {
    const next = attributes.find((each) => each.name === name)?.kind ?? 'Keyword';
    setAttribute(name);
    setValues([]);
    setOperator(name === 'ExecutionStatus' ? 'IN' : (operatorsOf(next)[0]?.[0] ?? '='));
  };
  const needsValue = operator !== 'IS NULL' && operator !== 'IS NOT NULL';
  const isReady = !needsValue || values.some((value) => value !== '');
  const names = attributes.some(({ name }) => name === attribute) ? attributes : [{ name: attribute }, ...attributes];
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onDone({ attribute, operator, values: needsValue ? values.filter(Boolean) : [] });
      }}
    >
      <SelectField
        label="Attribute"
        options={names.map(({ name }) => [name, name] as const)}
        value={attribute}
        onChange={(event) => chooseAttribute(event.target.value)}
      />
      <SelectField
        label="Condition"
        options={operators}
        value={operator}
        onChange={(event) => setOperator(event.target.value as Operator)}
      />
      {needsValue && isStatus && <StatusChoice values={values} onChange={setValues} />}
      {needsValue && !isStatus && <ValueField kind={kind} operator={operator} values={values} onChange={setValues} />}
      <Button type="submit" variant="primary" disabled={!isReady}>
        {initial === undefined ? 'Add' : 'Change'}
      </Button>
    </form>
  );
}

interface ValuesProps {
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

function StatusChoice({ values, onChange }: ValuesProps): ReactNode {
  return (
    <div className={styles.choices}>
      {statusValues.map((status) => (
        <Checkbox
          key={status}
          label={status}
          checked={values.includes(status)}
          onChange={() =>
            onChange(values.includes(status) ? values.filter((other) => other !== status) : [...values, status])
          }
        />
      ))}
    </div>
  );
}

function ValueField(props: ValuesProps & { readonly kind: AttributeKind; readonly operator: Operator }): ReactNode {
  const { kind, operator, values, onChange } = props;
  const [value = ''] = values;
  if (kind === 'Bool') {
    return (
      <SelectField
        label="Value"
        options={[
          ['', 'choose'],
          ['true', 'true'],
          ['false', 'false'],
        ]}
        value={value}
        onChange={(event) => onChange([event.target.value])}
      />
    );
  }
  if (kind === 'Datetime') {
    return (
      <TextField
        label="Time"
        type="datetime-local"
        step={1}
        hint="In this browser's zone"
        value={localText(value)}
        onChange={(event) => onChange(event.target.value === '' ? [] : [new Date(event.target.value).toISOString()])}
      />
    );
  }
  const isList = operator === 'IN' || operator === 'NOT IN';
  return (
    <TextField
      label={isList ? 'Values' : 'Value'}
      hint={isList ? 'Separated by commas' : undefined}
      inputMode={kind === 'Int' || kind === 'Double' ? 'decimal' : 'text'}
      value={isList ? values.join(',') : value}
      onChange={(event) =>
        onChange(isList ? event.target.value.split(',').map((each) => each.trim()) : [event.target.value])
      }
    />
  );
}

/** An instant as the platform's time field writes it, in the browser's zone. */
function localText(instant: string): string {
  const timeMs = Date.parse(instant);
  if (Number.isNaN(timeMs)) return '';
  const offsetMs = new Date(timeMs).getTimezoneOffset() * 60_000;
  return new Date(timeMs - offsetMs).toISOString().slice(0, 19);
}
