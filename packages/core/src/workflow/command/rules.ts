import { CommandType } from '@perdure/proto/enums';
import { requestCancelActivity, scheduleActivity } from '../activity/activity-commands.ts';
import { startChild } from '../child/child-commands.ts';
import { cancelWorkflow, completeWorkflow, failWorkflow } from '../close/close-commands.ts';
import { continueAsNew } from '../close/continue-as-new.ts';
import { requestCancelExternal, signalExternal } from '../external/external-commands.ts';
import { cancelTimer, startTimer } from '../timer/timer-commands.ts';
import { protocolMessage } from '../update/messages.ts';
import type { CommandRule } from './command.ts';
import { recordMarker } from './marker.ts';
import { modifyProperties, upsertSearchAttributes } from './properties.ts';

/** Every command that a worker may send, by type. */
export const COMMAND_RULES: ReadonlyMap<CommandType, CommandRule> = new Map<CommandType, CommandRule>([
  [CommandType.ScheduleActivityTask, scheduleActivity],
  [CommandType.RequestCancelActivityTask, requestCancelActivity],
  [CommandType.StartTimer, startTimer],
  [CommandType.CancelTimer, cancelTimer],
  [CommandType.CompleteWorkflowExecution, completeWorkflow],
  [CommandType.FailWorkflowExecution, failWorkflow],
  [CommandType.CancelWorkflowExecution, cancelWorkflow],
  [CommandType.ContinueAsNewWorkflowExecution, continueAsNew],
  [CommandType.StartChildWorkflowExecution, startChild],
  [CommandType.SignalExternalWorkflowExecution, signalExternal],
  [CommandType.RequestCancelExternalWorkflowExecution, requestCancelExternal],
  [CommandType.ProtocolMessage, protocolMessage],
  [CommandType.RecordMarker, recordMarker],
  [CommandType.UpsertWorkflowSearchAttributes, upsertSearchAttributes],
  [CommandType.ModifyWorkflowProperties, modifyProperties],
]);
