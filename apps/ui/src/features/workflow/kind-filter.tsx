import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { Menu, MenuChecks } from '../../components/menu.tsx';
import { type EventGroup, type GroupKind, kindNames } from '../../lib/history/groups.ts';

/** Kinds of what a workflow does, and `trouble` for what is pending or has failed; none for all. */
export type ChosenKinds = ReadonlySet<GroupKind | 'trouble'>;

const options = [['trouble', 'Pending and failed'], ...Object.entries(kindNames)] as readonly (readonly [
  GroupKind | 'trouble',
  string,
])[];

/** Which kinds are shown, as many as the reader wants. */
export function KindFilter(props: {
  readonly chosen: ChosenKinds;
  readonly onChange: (chosen: ChosenKinds) => void;
}): ReactNode {
  const { chosen, onChange } = props;
  const names = options.filter(([kind]) => chosen.has(kind)).map(([, name]) => name);
  return (
    <Menu
      align="start"
      trigger={
        <Button title={names.join(', ')}>
          {names.length === 0 ? 'All kinds' : names.length > 2 ? `${names.length} kinds` : names.join(', ')}
          <ChevronDown size={14} />
        </Button>
      }
    >
      <MenuChecks label="Kinds" chosen={chosen} options={options} onChange={onChange} />
    </Menu>
  );
}

/** Whether a group is of one of the kinds. */
export function isOfKinds(group: EventGroup | undefined, chosen: ChosenKinds): boolean {
  if (chosen.size === 0 || group === undefined) return true;
  const { kind, state } = group;
  const isTrouble = state === 'failed' || state === 'timedOut' || (state === 'open' && kind !== 'workflow');
  return chosen.has(kind) || (chosen.has('trouble') && isTrouble);
}
