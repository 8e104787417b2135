import { type ReactNode, useState } from 'react';
import { Button } from '../button.tsx';
import { Checkbox, SelectField, TextField } from '../field.tsx';
import { type Attribute, operatorsOf } from '../../lib/query/attributes.ts';
import type { AttributeKind, Filter, Operator } from '../../lib/query/filters.ts';
import { initialTime, TimeField } from './time-field.tsx';
import styles from './query-bar.module.css';

export interface FilterFormProps {
  readonly attributes: readonly Attribute[];
  /** The one to begin with. */
  readonly idAttribute: string;
  readonly initial: Filter | undefined;
  readonly onDone: (filter: Filter) => void;
}

const unknown: Attribute = { name: '', kind: 'Keyword', isCustom: false };

function firstOperator(attribute: Attribute): Operator {
  const operators = operatorsOf(attribute).map(([operator]) => operator);
  return attribute.choices !== undefined && operators.includes('IN') ? 'IN' : (operators[0] ?? '=');
}

/** One condition: which attribute, how, and with what. */
export function FilterForm({ attributes, idAttribute, initial, onDone }: FilterFormProps): ReactNode {
  const find = (name: string): Attribute => attributes.find((each) => each.name === name) ?? unknown;
  const [attribute, setAttribute] = useState(initial?.attribute ?? idAttribute);
  const [operator, setOperator] = useState<Operator>(initial?.operator ?? 'STARTS_WITH');
  const [values, setValues] = useState<readonly string[]>(initial?.values ?? []);
  const { kind, choices } = find(attribute);
  const operators = operatorsOf(find(attribute));
  const chooseAttribute = (name: string): void => {
    setAttribute(name);
    setValues(find(name).kind === 'Datetime' ? [initialTime] : []);
    setOperator(firstOperator(find(name)));
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
      {needsValue && (
        <ValueField kind={kind} choices={choices} operator={operator} values={values} onChange={setValues} />
      )}
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

function ManyOf({ choices, values, onChange }: ValuesProps & { readonly choices: readonly string[] }): ReactNode {
  return (
    <div className={styles.choices}>
      {choices.map((choice) => (
        <Checkbox
          key={choice}
          label={choice}
          checked={values.includes(choice)}
          onChange={() =>
            onChange(values.includes(choice) ? values.filter((other) => other !== choice) : [...values, choice])
          }
        />
      ))}
    </div>
  );
}

function OneOf({ choices, values, onChange }: ValuesProps & { readonly choices: readonly string[] }): ReactNode {
  return (
    <SelectField
      label="Value"
      options={[['', 'choose'], ...choices.map((choice) => [choice, choice] as const)]}
      value={values[0] ?? ''}
      onChange={(event) => onChange([event.target.value])}
    />
  );
}

interface ValueFieldProps extends ValuesProps {
  readonly kind: AttributeKind;
  readonly choices: readonly string[] | undefined;
  readonly operator: Operator;
}

function ValueField({ kind, choices, operator, values, onChange }: ValueFieldProps): ReactNode {
  const [value = ''] = values;
  const isList = operator === 'IN' || operator === 'NOT IN';
  if (kind === 'Bool') return <OneOf choices={['true', 'false']} values={values} onChange={onChange} />;
  if (choices !== undefined && isList) return <ManyOf choices={choices} values={values} onChange={onChange} />;
  if (choices !== undefined && (operator === '=' || operator === '!=')) {
    return <OneOf choices={choices} values={values} onChange={onChange} />;
  }
  if (kind === 'Datetime') return <TimeField value={value} onChange={(next) => onChange([next])} />;
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
