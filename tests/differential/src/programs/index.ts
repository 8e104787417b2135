import type { Program } from '../program.ts';
import { activities } from './activities.ts';
import { activityCommands } from './activity-commands.ts';
import { activityInterventions } from './activity-interventions.ts';
import { badBinaries } from './bad-binaries.ts';
import { batches } from './batches.ts';
import { buffering } from './buffering.ts';
import { children } from './children.ts';
import { continueAsNewPrograms } from './continue-as-new.ts';
import { cron } from './cron.ts';
import { durations } from './durations.ts';
import { external } from './external.ts';
import { externalPayloads } from './external-payloads.ts';
import { failedTasks } from './failed-tasks.ts';
import { limits } from './limits.ts';
import { properties } from './properties.ts';
import { queries } from './queries.ts';
import { retries } from './retries.ts';
import { signals } from './signals.ts';
import { starts } from './starts.ts';
import { timers } from './timers.ts';
import { updates } from './updates.ts';
import { updateWithStart } from './update-with-start.ts';
import { callbacks } from './callbacks.ts';
import { builds } from './builds.ts';
import { workflowOptions } from './workflow-options.ts';
import { workflowTasks } from './workflow-tasks.ts';

/** Every program that is recorded and compared. */
export const allPrograms: readonly Program[] = [
  ...starts,
  ...cron,
  ...retries,
  ...continueAsNewPrograms,
  ...workflowTasks,
  ...builds,
  ...callbacks,
  ...workflowOptions,
  ...failedTasks,
  ...buffering,
  ...signals,
  ...durations,
  ...timers,
  ...updates,
  ...updateWithStart,
  ...queries,
  ...activities,
  ...activityCommands,
  ...activityInterventions,
  ...children,
  ...external,
  ...properties,
  ...externalPayloads,
  ...limits,
  ...badBinaries,
  ...batches,
];
