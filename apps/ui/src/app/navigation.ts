import type { LinkProps } from '@tanstack/react-router';
import {
  CalendarClock,
  Cpu,
  Inbox,
  Boxes,
  Layers,
  LifeBuoy,
  ListOrdered,
  Settings,
  Workflow,
  type LucideIcon,
} from 'lucide-react';

export interface NavigationEntry {
  readonly title: string;
  readonly icon: LucideIcon;
  readonly to: NonNullable<LinkProps['to']>;
  /** Keys that lead there, after `g`. */
  readonly key: string;
  /** Whether pages below it are not its own. */
  readonly isExact?: boolean;
}

/** The rail, from top to bottom, in groups. A feature adds its line. */
export const navigation: readonly (readonly NavigationEntry[])[] = [
  [
    { title: 'Workflows', icon: Workflow, to: '/namespaces/$namespace/workflows', key: 'w' },
    { title: 'Inbox', icon: Inbox, to: '/namespaces/$namespace/inbox', key: 'i' },
    { title: 'Schedules', icon: CalendarClock, to: '/namespaces/$namespace/schedules', key: 's' },
    { title: 'Batch operations', icon: Layers, to: '/namespaces/$namespace/batch-operations', key: 'b' },
  ],
  [
    { title: 'Task queues', icon: ListOrdered, to: '/namespaces/$namespace/task-queues', key: 'q' },
    { title: 'Workers', icon: Cpu, to: '/namespaces/$namespace/workers', key: 'k' },
  ],
  [
    { title: 'Namespaces', icon: Boxes, to: '/namespaces', key: 'n', isExact: true },
    { title: 'Common errors', icon: LifeBuoy, to: '/common-errors', key: 'e' },
    { title: 'Settings', icon: Settings, to: '/settings', key: ',' },
  ],
];
