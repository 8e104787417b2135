import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  ChevronDown,
  CircleStop,
  CodeXml,
  Copy,
  Diff,
  Download,
  ListOrdered,
  MessageSquareReply,
  OctagonX,
  Pause,
  Play,
  Radio,
  RotateCcw,
} from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { call } from '../../../api/client.ts';
import { namespaceQuery, settingsQuery } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../components/menu.tsx';
import { type Command, useCommands } from '../../../lib/commands.ts';
import { useMay } from '../../../lib/use-may.ts';
import { identity } from '../api.ts';
import { WorkflowCodeDialog } from '../code/code-dialog.tsx';
import { DownloadDialog } from './download-dialog.tsx';
import type { WorkflowView } from '../use-workflow.ts';
import styles from '../workflow-page.module.css';
import { CancelDialog, TerminateDialog } from './end-dialogs.tsx';
import { PriorityDialog } from './priority-dialog.tsx';
import { ResetDialog } from './reset-dialog.tsx';
import { SignalDialog, UpdateDialog } from './send-dialogs.tsx';
import { useQuickAction } from './use-action.ts';

type Opened = 'signal' | 'update' | 'priority' | 'cancel' | 'terminate' | 'reset' | 'code' | 'download';

interface Action {
  readonly id: string;
  readonly title: string;
  readonly icon: ReactNode;
  readonly isDangerous?: boolean;
  readonly isOffered: boolean;
  readonly startsGroup?: boolean;
  readonly run: () => void;
}

const size = 15;

/** Everything that can be done to a run; the same list in the palette. */
export function ActionsMenu({ view }: { readonly view: WorkflowView }): ReactNode {
  const [opened, setOpened] = useState<Opened>();
  const actions = useActions(view, setOpened).filter(({ isOffered }) => isOffered);
  useCommands(
    actions.map(({ id, title, run }): Command => ({ id: `workflow.${id}`, title, group: 'This workflow', run })),
  );
  const signal = actions.find(({ id }) => id === 'signal');
  return (
    <div className={styles.actions}>
      {signal && (
        <Button onClick={signal.run}>
          {signal.icon}
          Signal
        </Button>
      )}
      <Menu
        trigger={
          <Button>
            Actions
            <ChevronDown size={14} />
          </Button>
        }
      >
        {actions.map(({ id, title, icon, isDangerous = false, startsGroup, run }) => (
          <div key={id} role="none">
            {startsGroup && <MenuSeparator />}
            <MenuItem icon={icon} isDangerous={isDangerous} onSelect={run}>
              {title}
            </MenuItem>
          </div>
        ))}
      </Menu>
      <OpenedDialog opened={opened} view={view} onClose={() => setOpened(undefined)} />
    </div>
  );
}

function useActions(view: WorkflowView, open: (dialog: Opened) => void): readonly Action[] {
  const { isOpen, run } = view;
  const navigate = useNavigate();
  const { data: settings } = useQuery(settingsQuery);
  const may = useMay();
  const { data: described } = useQuery(namespaceQuery(run.namespace));
  const mayPause = described?.namespaceInfo?.capabilities?.workflowPause === true;
  const pause = usePauseAction(view, isOpen && mayPause && may('pause'));
  const { namespace, workflowId, runId } = run;
  const opens = (id: Opened, title: string, icon: ReactNode, isOffered: boolean): Action => ({
    id,
    title,
    icon,
    isOffered,
    run: () => open(id),
  });
  return [
    opens('signal', 'Send a signal', <Radio size={size} />, isOpen && may('signal')),
    opens('update', 'Send an update', <MessageSquareReply size={size} />, isOpen && may('update')),
    pause,
    opens('priority', 'Change its priority', <ListOrdered size={size} />, isOpen && settings?.isReadOnly !== true),
    opens('reset', 'Reset to an earlier point', <RotateCcw size={size} />, may('reset')),
    {
      id: 'start-like',
      title: 'Start one like this',
      icon: <Copy size={size} />,
      isOffered: may('start'),
      run: () =>
        void navigate({
          to: '/namespaces/$namespace/workflows/start-workflow',
          params: { namespace },
          search: { likeId: workflowId, likeRun: runId },
        }),
    },
    {
      ...opens('cancel', 'Request cancellation', <CircleStop size={size} />, isOpen && may('cancel')),
      startsGroup: true,
      isDangerous: true,
    },
    { ...opens('terminate', 'Terminate', <OctagonX size={size} />, isOpen && may('terminate')), isDangerous: true },
    { ...opens('code', 'Copy as code', <CodeXml size={size} />, true), startsGroup: true },
    opens('download', 'Download the history', <Download size={size} />, true),
    {
      id: 'compare',
      title: 'Compare with another run',
      icon: <Diff size={size} />,
      isOffered: true,
      run: () =>
        void navigate({
          to: '/namespaces/$namespace/compare',
          params: { namespace },
          search: { leftId: workflowId, leftRun: runId },
        }),
    },
  ];
}

function usePauseAction({ run, description }: WorkflowView, isOffered: boolean): Action {
  const quickly = useQuickAction(run);
  const target = { ...run, identity };
  if (description.workflowExtendedInfo?.pauseInfo !== undefined) {
    return {
      id: 'pause',
      title: 'Resume the workflow',
      icon: <Play size={size} />,
      isOffered,
      run: () => quickly('The workflow goes on', () => call('UnpauseWorkflowExecution', target)),
    };
  }
  return {
    id: 'pause',
    title: 'Pause the workflow',
    icon: <Pause size={size} />,
    isOffered,
    run: () =>
      quickly('The workflow is paused', () =>
        call('PauseWorkflowExecution', { ...target, reason: 'Paused in the Web UI' }),
      ),
  };
}

interface OpenedDialogProps {
  readonly opened: Opened | undefined;
  readonly view: WorkflowView;
  readonly onClose: () => void;
}

function OpenedDialog({ opened, view, onClose }: OpenedDialogProps): ReactNode {
  switch (opened) {
    case undefined:
      return null;
    case 'signal':
      return <SignalDialog run={view.run} onClose={onClose} />;
    case 'update':
      return <UpdateDialog run={view.run} onClose={onClose} />;
    case 'priority':
      return <PriorityDialog view={view} onClose={onClose} />;
    case 'cancel':
      return <CancelDialog run={view.run} onClose={onClose} />;
    case 'terminate':
      return <TerminateDialog run={view.run} onClose={onClose} />;
    case 'reset':
      return <ResetDialog view={view} onClose={onClose} />;
    case 'code':
      return <WorkflowCodeDialog view={view} onClose={onClose} />;
    case 'download':
      return <DownloadDialog view={view} onClose={onClose} />;
  }
}
