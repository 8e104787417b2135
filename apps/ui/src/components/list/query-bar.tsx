import { Popover } from 'radix-ui';
import { Braces, ListFilter, Plus, Search, X } from 'lucide-react';
import { type ReactNode, type RefObject, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Button, IconButton } from '../button.tsx';
import { Input } from '../field.tsx';
import { useCommands } from '../../lib/commands.ts';
import { type Attribute, kindsOf } from '../../lib/query/attributes.ts';
import { filterWords } from '../../lib/query/filter-words.ts';
import { type Filter, readFilters, withFilter, writeFilters } from '../../lib/query/filters.ts';
import { isQueryText, wantedQuery } from '../../lib/query/query-text.ts';
import { FilterForm } from './filter-form.tsx';
import styles from './query-bar.module.css';

export interface QueryBarProps {
  /** Of the list, among the commands. */
  readonly group: string;
  readonly query: string;
  /** What words alone are the beginning of. */
  readonly idAttribute: string;
  /** The same in a word. */
  readonly idName?: string;
  /** Of a query, for who writes one. */
  readonly example: string;
  readonly attributes: readonly Attribute[];
  readonly onChange: (query: string) => void;
}

/** A list query as conditions to click, or as the text that it is. What the builder cannot show stays text. */
export function QueryBar(props: QueryBarProps): ReactNode {
  const { group, query, attributes, idAttribute, idName = 'ID', example, onChange } = props;
  const input = useRef<HTMLInputElement>(null);
  const filters = readFilters(query);
  const [wantsText, setWantsText] = useState(false);
  const isText = wantsText || filters === undefined;
  useCommands([
    {
      id: 'list.query',
      title: 'Edit the query',
      group,
      keys: '/',
      run: () => {
        // The field is there only once the text is asked for.
        flushSync(() => setWantsText(true));
        input.current?.focus();
      },
    },
  ]);
  return (
    <div className={styles.bar}>
      {isText ? (
        <TextQuery
          key={query}
          input={input}
          query={query}
          example={example}
          onRun={(text) => onChange(wantedQuery(text, idAttribute))}
        />
      ) : (
        <Conditions
          filters={filters}
          attributes={attributes}
          idAttribute={idAttribute}
          idName={idName}
          onChange={onChange}
        />
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

interface TextQueryProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly query: string;
  readonly example: string;
  readonly onRun: (text: string) => void;
}

function TextQuery({ input, query, example, onRun }: TextQueryProps): ReactNode {
  return (
    <form
      className={styles.raw}
      onSubmit={(event) => {
        event.preventDefault();
        onRun(input.current?.value.trim() ?? '');
      }}
    >
      <Input
        ref={input}
        aria-label="Query"
        placeholder={example}
        defaultValue={query}
        maxLength={15_000}
        className={styles.text}
      />
      <Button type="submit">Run</Button>
    </form>
  );
}

interface ConditionsProps {
  readonly filters: readonly Filter[];
  readonly attributes: readonly Attribute[];
  readonly idAttribute: string;
  readonly idName: string;
  readonly onChange: (query: string) => void;
}

function Conditions({ filters, attributes, idAttribute, idName, onChange }: ConditionsProps): ReactNode {
  const write = (next: readonly Filter[]): void => onChange(writeFilters(next, kindsOf(attributes)));
  const find = (text: string): void => {
    if (isQueryText(text)) onChange(text);
    else write(withFilter(filters, { attribute: idAttribute, operator: 'STARTS_WITH', values: [text] }));
  };
  return (
    <>
      <FindField idName={idName} onFind={find} />
      {filters.map((filter, index) => (
        <FilterPill
          key={`${filter.attribute}${filter.operator}${filter.values.join()}`}
          filter={filter}
          attributes={attributes}
          idAttribute={idAttribute}
          onChange={(next) => write(filters.map((each, at) => (at === index ? next : each)))}
          onRemove={() => write(filters.filter((_, at) => at !== index))}
        />
      ))}
      <FilterPopover
        attributes={attributes}
        idAttribute={idAttribute}
        onDone={(filter) => write([...filters, filter])}
        trigger={
          <Button>
            {filters.length === 0 ? <ListFilter size={14} /> : <Plus size={14} />}
            Filter
          </Button>
        }
      />
    </>
  );
}

interface FindFieldProps {
  readonly idName: string;
  readonly onFind: (text: string) => void;
}

function FindField({ idName, onFind }: FindFieldProps): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  return (
    <form
      role="search"
      className={styles.find}
      onSubmit={(event) => {
        event.preventDefault();
        const text = input.current?.value.trim() ?? '';
        if (text === '' || input.current === null) return;
        input.current.value = '';
        onFind(text);
      }}
    >
      <Search size={14} aria-hidden />
      <Input
        ref={input}
        type="search"
        aria-label={`Find by the beginning of the ${idName}`}
        placeholder={`Beginning of an ${idName}`}
      />
    </form>
  );
}

interface FilterPopoverProps {
  readonly trigger: ReactNode;
  readonly attributes: readonly Attribute[];
  readonly idAttribute: string;
  readonly initial?: Filter;
  readonly onDone: (filter: Filter) => void;
}

function FilterPopover({ trigger, attributes, idAttribute, initial, onDone }: FilterPopoverProps): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.popover} align="start" sideOffset={6} collisionPadding={10}>
          <FilterForm
            attributes={attributes}
            idAttribute={idAttribute}
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
  readonly idAttribute: string;
  readonly onChange: (filter: Filter) => void;
  readonly onRemove: () => void;
}

function FilterPill({ filter, attributes, idAttribute, onChange, onRemove }: FilterPillProps): ReactNode {
  const { attribute } = filter;
  const [verb, value] = filterWords(filter);
  const text = `${attribute} ${verb} ${value}`;
  return (
    <span className={styles.pill}>
      <FilterPopover
        attributes={attributes}
        idAttribute={idAttribute}
        initial={filter}
        onDone={onChange}
        trigger={
          <button type="button" className={styles.pillText} title={text}>
            <b>{attribute}</b> {verb} <b>{value}</b>
          </button>
        }
      />
      <button type="button" className={styles.pillRemove} aria-label={`Remove ${text}`} onClick={onRemove}>
        <X size={13} />
      </button>
    </span>
  );
}
