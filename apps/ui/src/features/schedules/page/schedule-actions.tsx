import type { Schedule } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Code, Ellipsis, History, Pause, Pencil, Play, Trash2, Zap } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { settingsQuery } from '../../../api/queries.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { CodeDialog } from '../../../components/code-dialog.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../components/menu.tsx';
import { useCommands } from '../../../lib/commands.ts';
import { scheduleCode, schedulePurposes } from './schedule-code.ts';
import { BackfillDialog, DeleteDialog, PauseDialog, TriggerDialog } from './schedule-dialogs.tsx';

type Open = 'trigger' | 'pause' | 'backfill' | 'delete' | 'code' | undefined;

export interface ScheduleActionsProps {
  readonly namespace: string;
  readonly scheduleId: string;
  readonly schedule: Schedule;
}

export function ScheduleActions({ namespace, scheduleId, schedule }: ScheduleActionsProps): ReactNode {
  const [open, setOpen] = useState<Open>();
  const navigate = useNavigate();
  const { data: settings } = useQuery(settingsQuery);
  const isPaused = schedule.state?.paused ?? false;
  const isReadOnly = settings?.isReadOnly === true;
  const edit = (): void =>
    void navigate({ to: '/namespaces/$namespace/schedules/$scheduleId/edit', params: { namespace, scheduleId } });
  const pauseLabel = isPaused ? 'Resume' : 'Pause';
  const group = 'This schedule';
  useCommands([
    ...(isReadOnly
      ? []
      : [
          { id: 'schedule.trigger', title: 'Trigger', group, keys: 't', run: () => setOpen('trigger') },
          { id: 'schedule.pause', title: pauseLabel, group, keys: 'p', run: () => setOpen('pause') },
          { id: 'schedule.backfill', title: 'Backfill', group, keys: 'b', run: () => setOpen('backfill') },
          { id: 'schedule.edit', title: 'Edit', group, keys: 'e', run: edit },
          { id: 'schedule.delete', title: 'Delete', group, run: () => setOpen('delete') },
        ]),
    { id: 'schedule.code', title: 'Copy as code', group, run: () => setOpen('code') },
  ]);
  return (
    <>
      {!isReadOnly && (
        <>
          <Button variant="primary" onClick={() => setOpen('trigger')}>
            <Zap size={14} />
            Trigger
          </Button>
          <Button onClick={() => setOpen('pause')}>
            {isPaused ? <Play size={14} /> : <Pause size={14} />}
            {pauseLabel}
          </Button>
          <Button onClick={edit}>
            <Pencil size={14} />
            Edit
          </Button>
        </>
      )}
      <Menu
        trigger={
          <IconButton label="More" variant="default">
            <Ellipsis size={15} />
          </IconButton>
        }
      >
        {!isReadOnly && (
          <MenuItem icon={<History size={15} />} onSelect={() => setOpen('backfill')}>
            Backfill
          </MenuItem>
        )}
        <MenuItem icon={<Code size={15} />} onSelect={() => setOpen('code')}>
          Copy as code
        </MenuItem>
        {!isReadOnly && (
          <>
            <MenuSeparator />
            <MenuItem icon={<Trash2 size={15} />} isDangerous onSelect={() => setOpen('delete')}>
              Delete
            </MenuItem>
          </>
        )}
      </Menu>
      <OpenDialog
        open={open}
        namespace={namespace}
        scheduleId={scheduleId}
        schedule={schedule}
        onClose={() => setOpen(undefined)}
      />
    </>
  );
}

function OpenDialog({
  open,
  schedule,
  ...shared
}: ScheduleActionsProps & { readonly open: Open; readonly onClose: () => void }): ReactNode {
  const { namespace, scheduleId, onClose } = shared;
  switch (open) {
    case undefined:
      return null;
    case 'trigger':
      return <TriggerDialog {...shared} />;
    case 'pause':
      return <PauseDialog {...shared} isPaused={schedule.state?.paused ?? false} />;
    case 'backfill':
      return <BackfillDialog {...shared} spec={schedule.spec ?? {}} />;
    case 'delete':
      return <DeleteDialog {...shared} />;
    case 'code':
      return (
        <CodeDialog
          purposes={schedulePurposes}
          code={(language, purpose, address) =>
            scheduleCode(language, purpose, { address, namespace, scheduleId, schedule })
          }
          onClose={onClose}
        />
      );
  }
}
