import { CommandType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { Command } from '@perdure/proto/types';
import { enumName } from '../../kernel/enum-name.ts';
import type { Env } from '../../kernel/env.ts';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import { isSpeculative } from '../fleeting.ts';
import type { Run } from '../run.ts';
import { isTransient } from '../task/workflow-task.ts';
import type { CommandBatch, CommandFailure } from './command.ts';
import { checkUnreferenced, type UpdateMessage } from '../update/messages.ts';
import { COMMAND_RULES } from './rules.ts';

/** Refuses a list of commands that no worker may send: an unknown type, or one behind a command that ends the run. */
export function checkSequence(commands: readonly Command[]): Rejection | undefined {
  for (const [index, command] of commands.entries()) {
    const rule = COMMAND_RULES.get(command.commandType ?? CommandType.Unspecified);
    if (rule === undefined) return reject.invalidArgument(`unknown command type: ${typeName(command)}`);
    if (rule.closes && index < commands.length - 1) {
      const names = commands.map(typeName).join(', ');
      return reject.invalidArgument(
        `invalid command sequence: [${names}], command ${rule.name} must be the last command.`,
      );
    }
  }
  return undefined;
}

/** Why the commands, as a whole, fail their workflow task; undefined where all can be carried out. */
export function checkCommands(
  run: Run,
  env: Env,
  commands: readonly Command[],
  messages: readonly UpdateMessage[],
): CommandFailure | undefined {
  if (commands.length === 0 && messages.length === 0) return undefined;
  const batch: CommandBatch = {
    run,
    env,
    nextEventId: completedEventId(run) + 1,
    activitiesScheduled: new Set(),
    activityIdsAdded: new Set(),
    activitiesCanceled: new Set(),
    timerIdsAdded: new Set(),
    timerIdsCanceled: new Set(),
    childWorkflowIdsAdded: new Set(),
    added: { activities: 0, children: 0, signals: 0, cancelRequests: 0 },
    firingsDropped: 0,
    messages: [...messages],
    updateStages: new Map(),
  };
  let closes = false;
  for (const command of commands) {
    const rule = COMMAND_RULES.get(command.commandType ?? CommandType.Unspecified);
    if (rule === undefined) continue;
    if (rule.closes && run.buffer.length > batch.firingsDropped) {
      return { cause: WorkflowTaskFailedCause.UnhandledCommand, message: '' };
    }
    const failure = rule.check(batch, command);
    if (failure !== undefined) return failure;
    batch.nextEventId += 1;
    closes ||= rule.closes;
  }
  return checkUnreferenced(batch, closes);
}

/** A task that is not on record has its scheduled and started events written first. */
function completedEventId(run: Run): number {
  return run.nextEventId + (isTransient(run.task) || isSpeculative(run) ? 2 : 0);
}

function typeName(command: Command): string {
  return enumName(CommandType, command.commandType ?? CommandType.Unspecified);
}
