import { Popover } from 'radix-ui';
import { Braces, ListFilter, Plus, X } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Button, IconButton } from '../../../components/button.tsx';
import { Input } from '../../../components/field.tsx';
import { useCommands } from '../../../lib/commands.ts';
import type { Attribute } from './attributes.ts';
import { FilterForm } from './filter-form.tsx';
import { type Filter, readFilters, writeFilters } from './filters.ts';
import styles from './query-bar.module.css';

export interface QueryBarProps {
  readonly query: string;
  readonly attributes: readonly Attribute[];
  readonly onChange: (query: string) => void;
}

/** A list query as conditions to click, or as the text that it is. What the builder cannot show stays text. */
export function QueryBar({ query, attributes, onChange }: QueryBarProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const filters = readFilters(query);
  const [wantsText, setWantsText] = useState(false);
  const isText = wantsText || filters === undefined;
  useCommands([
    {
      id: 'list.query',
      title: 'Edit the query',
      group: 'Workflows',
      keys: '/',
      run: () => {
        // The field is there only once the text is asked for.
        flushSync(() => setWantsText(true));
        input.current?.focus();
      },
    },
  ]);
  const kindOf = (name: string) => attributes.find((attribute) => attribute.name === name)?.kind ?? 'Keyword';
  const write = (next: readonly Filter[]): void => onChange(writeFilters(next, kindOf));
  return (
    <div className={styles.bar}>
      {isText ? (
        <form
          key={query}
          className={styles.raw}
          onSubmit={(event) => {
            event.preventDefault();
            onChange(input.current?.value.trim() ?? '');
          }}
        >
          <Input
            ref={input}
            aria-label="Query"
            placeholder={'WorkflowType = "order" AND StartTime > "2026-08-01T00:00:00Z"'}
            defaultValue={query}
            maxLength={15_000}
            className={styles.text}
          />
          <Button type="submit">Run</Button>
        </form>
      ) : (
        <>
          {filters.map((filter, index) => (
            <FilterPill
              key={`${filter.attribute}${filter.operator}${filter.values.join()}`}
              filter={filter}
              attributes={attributes}
              onChange={(next) => write(filters.map((each, at) => (at === index ? next : each)))}
              onRemove={() => write(filters.filter((_, at) => at !== index))}
            />
          ))}
          <FilterPopover
            attributes={attributes}
            onDone={(filter) => write([...filters, filter])}
            trigger={
              <Button>
                {filters.length === 0 ? <ListFilter size={14} /> : <Plus size={14} />}
                Filter
              </Button>
            }
          />
        </>
      )}
      <IconButton
        label={isText ? 'As conditions' : 'As text'}
        variant="default"
        aria-pressed={isText}
        disabled={filters === undefined}
        onClick={() => setWantsText(!isText)}
      >
        <Braces size={15} />
      </IconButton>
    </div>
  );
}

interface FilterPopoverProps {
  readonly trigger: ReactNode;
  readonly attributes: readonly Attribute[];
  readonly initial?: Filter;
  readonly onDone: (filter: Filter) => void;
}

function FilterPopover({ trigger, attributes, initial, onDone }: FilterPopoverProps): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.popover} align="start" sideOffset={6} collisionPadding={10}>
          <FilterForm
            attributes={attributes}
            initial={initial}
            onDone={(filter) => {
              setIsOpen(false);
              onDone(filter);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface FilterPillProps {
  readonly filter: Filter;
  readonly attributes: readonly Attribute[];
  readonly onChange: (filter: Filter) => void;
  readonly onRemove: () => void;
}

function FilterPill({ filter, attributes, onChange, onRemove }: FilterPillProps): ReactNode {
  const { attribute, operator, values } = filter;
  const text = `${attribute} ${operator === '=' ? 'is' : operator.toLowerCase()} ${values.join(', ')}`;
  return (
    <span className={styles.pill}>
      <FilterPopover
        attributes={attributes}
        initial={filter}
        onDone={onChange}
        trigger={
          <button type="button" className={styles.pillText} title={text}>
            <b>{attribute}</b> {operator === '=' ? 'is' : operator.toLowerCase()} <b>{values.join(', ')}</b>
          </button>
        }
      />
      <button type="button" className={styles.pillRemove} aria-label={`Remove ${text}`} onClick={onRemove}>
        <X size={13} />
      </button>
    </span>
  );
}
