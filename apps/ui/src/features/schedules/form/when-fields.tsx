import { Plus } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { boundTo } from '../../../components/bound.ts';
import { Button } from '../../../components/button.tsx';
import { Field, Input, TextField } from '../../../components/field.tsx';
import { Panel, Stack } from '../../../components/page.tsx';
import styles from './form.module.css';
import type { FieldsProps } from './form-page.tsx';
import { Preview } from './preview.tsx';
import { RuleFields } from './rule-fields.tsx';
import { emptyRule, type RuleForm } from './rule-form.ts';

const zones = Intl.supportedValuesOf('timeZone');

/** When it runs: rules, exceptions from them, and what holds for all. */
export function WhenFields(fields: FieldsProps): ReactNode {
  const { form, set } = fields;
  const { rules, exclusions } = form;
  return (
    <Panel title="When">
      <div className={styles.when}>
        <Stack>
          {rules.map((rule, index) => (
            <RuleFields
              key={`${index} of ${rules.length}`}
              rule={rule}
              label={rules.length === 1 ? 'Rule' : `Rule ${index + 1}`}
              onChange={(next) => set({ rules: replaced(rules, index, next) })}
              onRemove={() => set({ rules: replaced(rules, index) })}
            />
          ))}
          {exclusions.map((rule, index) => (
            <RuleFields
              key={`${index} of ${exclusions.length}`}
              rule={rule}
              label={exclusions.length === 1 ? 'Exception' : `Exception ${index + 1}`}
              isExclusion
              onChange={(next) => set({ exclusions: replaced(exclusions, index, next) })}
              onRemove={() => set({ exclusions: replaced(exclusions, index) })}
            />
          ))}
          <div className={styles.buttons}>
            <Button isSmall onClick={() => set({ rules: [...rules, emptyRule] })}>
              <Plus size={14} />
              {rules.length === 0 ? 'A rule' : 'Another rule'}
            </Button>
            <Button isSmall onClick={() => set({ exclusions: [...exclusions, emptyRule] })}>
              <Plus size={14} />
              {exclusions.length === 0 ? 'An exception' : 'Another exception'}
            </Button>
          </div>
          <TimeFields {...fields} />
        </Stack>
        <Preview form={form} />
      </div>
    </Panel>
  );
}

/** What holds for all rules: zone, jitter, first and last instant. */
function TimeFields({ form, set, problems }: FieldsProps): ReactNode {
  const listId = useId();
  const zone = form.timeZone.trim() || 'UTC';
  const bound = boundTo(form, set, problems);
  return (
    <>
      <div className={styles.fields}>
        <Field label="Time zone" hint="Empty for UTC" error={problems.timeZone}>
          {(control) => (
            <>
              <Input
                {...control}
                list={listId}
                value={form.timeZone}
                onChange={(event) => set({ timeZone: event.target.value })}
              />
              <datalist id={listId}>
                {zones.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </datalist>
            </>
          )}
        </Field>
        <TextField
          label="Jitter"
          hint="Each run up to this much later, so that not all begin at once"
          {...bound.text('jitter')}
        />
      </div>
      <div className={styles.instants}>
        <TextField label="Not before" hint={`In ${zone}`} type="datetime-local" step={1} {...bound.text('startTime')} />
        <TextField label="Not after" hint={`In ${zone}`} type="datetime-local" step={1} {...bound.text('endTime')} />
      </div>
    </>
  );
}

/** The rules with one in place of another, or without it. */
function replaced(rules: readonly RuleForm[], index: number, next?: RuleForm): readonly RuleForm[] {
  return rules.flatMap((rule, at) => (at === index ? (next === undefined ? [] : [next]) : [rule]));
}
