import { Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { TextField } from '../../components/field.tsx';
import { Panel } from '../../components/page.tsx';
import { toast } from '../../components/toast.tsx';
import { priceSettings } from '../../lib/price-settings.ts';
import { isCurrency } from '../../lib/prices.ts';
import { isAmount, type PriceRow, pricesOf, rowsOf } from './prices-form.ts';
import styles from './settings.module.css';

/** What models cost: the AI calls of a workflow show what they came to. */
export function PricesPanel(): ReactNode {
  const [currency, setCurrency] = useState(() => priceSettings.get().currency);
  const [rows, setRows] = useState(() => rowsOf(priceSettings.get()));
  const [isTried, setIsTried] = useState(false);
  const read = pricesOf(currency, rows);
  const change = (key: number, part: Partial<PriceRow>): void =>
    setRows(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const add = (): void => {
    const key = Math.max(-1, ...rows.map((row) => row.key)) + 1;
    setRows([...rows, { key, model: '', input: '', output: '', cached: '' }]);
  };
  return (
    <Panel title="Prices of models" id="prices">
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setIsTried(true);
          if (read === undefined) return;
          priceSettings.set(read);
          toast('Saved in this browser');
        }}
      >
        <p className={styles.about}>
          For a million tokens each. A model is named as calls name it; with * at its end all whose names begin so are
          meant.
        </p>
        {rows.map((row, index) => (
          <PriceFields
            key={row.key}
            row={row}
            number={index + 1}
            isTried={isTried}
            onChange={(part) => change(row.key, part)}
            onRemove={() => setRows(rows.filter(({ key }) => key !== row.key))}
          />
        ))}
        <div className={styles.currency}>
          <TextField
            label="Currency"
            value={currency}
            maxLength={3}
            error={!isCurrency(currency) && 'Three capital letters, such as USD, EUR'}
            onChange={(event) => setCurrency(event.target.value.toUpperCase())}
          />
        </div>
        <div className={styles.buttons}>
          <Button type="submit" variant="primary">
            Save the prices
          </Button>
          <Button onClick={add}>
            <Plus size={14} />
            Add a model
          </Button>
        </div>
      </form>
    </Panel>
  );
}

interface PriceFieldsProps {
  readonly row: PriceRow;
  readonly number: number;
  /** Whether it was tried to save: before that nothing typed is wrong. */
  readonly isTried: boolean;
  readonly onChange: (part: Partial<PriceRow>) => void;
  readonly onRemove: () => void;
}

function PriceFields({ row, number, isTried, onChange, onRemove }: PriceFieldsProps): ReactNode {
  const wrong = (text: string, isOptional = false): string | false =>
    isTried && !(isOptional && text.trim() === '') && !isAmount(text) && 'A number';
  return (
    <fieldset className={styles.price}>
      <legend>Model {number}</legend>
      <TextField
        label="Model"
        value={row.model}
        error={isTried && row.model.trim() === '' && 'Its name'}
        onChange={(event) => onChange({ model: event.target.value })}
      />
      <TextField
        label="Input"
        inputMode="decimal"
        value={row.input}
        error={wrong(row.input)}
        onChange={(event) => onChange({ input: event.target.value })}
      />
      <TextField
        label="Input from a cache"
        placeholder="As all input"
        inputMode="decimal"
        value={row.cached}
        error={wrong(row.cached, true)}
        onChange={(event) => onChange({ cached: event.target.value })}
      />
      <TextField
        label="Output"
        inputMode="decimal"
        value={row.output}
        error={wrong(row.output)}
        onChange={(event) => onChange({ output: event.target.value })}
      />
      <IconButton label={`Remove model ${number}`} onClick={onRemove}>
        <Trash2 size={14} />
      </IconButton>
    </fieldset>
  );
}
