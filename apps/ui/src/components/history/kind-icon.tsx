import {
  Bookmark,
  CircleDot,
  Cpu,
  GitFork,
  type LucideIcon,
  MessageSquareReply,
  Radio,
  Send,
  SquareFunction,
  Timer,
  Waypoints,
  Workflow,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { GroupKind } from '../../lib/history/groups.ts';

const icons: Readonly<Record<GroupKind, LucideIcon>> = {
  workflow: Workflow,
  workflowTask: Cpu,
  activity: SquareFunction,
  localActivity: SquareFunction,
  timer: Timer,
  child: GitFork,
  signal: Radio,
  update: MessageSquareReply,
  external: Send,
  nexus: Waypoints,
  marker: Bookmark,
  other: CircleDot,
};

export function KindIcon({ kind, size = 14 }: { readonly kind: GroupKind; readonly size?: number }): ReactNode {
  const Icon = icons[kind];
  return <Icon size={size} strokeWidth={1.8} aria-hidden="true" />;
}
