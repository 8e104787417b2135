import { failure, ms, payloads, seconds } from './values.ts';

/** Commands as a worker sends them. Each takes the attributes that matter; `more` adds to them or replaces them. */
function command(type: string, attributes: object, more: object = {}): object {
  const camel = type.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return { commandType: `COMMAND_TYPE_${type}`, [`${camel}CommandAttributes`]: attributes, ...more };
}

export function startTimer(timerId: string, milliseconds: number, more: object = {}): object {
  return command('START_TIMER', { timerId, startToFireTimeout: ms(milliseconds) }, more);
}

export function cancelTimer(timerId: string): object {
  return command('CANCEL_TIMER', { timerId });
}

export function scheduleActivity(
  queue: string,
  activityId: string,
  attributes: object = {},
  more: object = {},
): object {
  const given = {
    activityId,
    activityType: { name: 'act' },
    taskQueue: { name: queue },
    startToCloseTimeout: seconds(10),
    ...attributes,
  };
  return command('SCHEDULE_ACTIVITY_TASK', given, more);
}

export function cancelActivity(scheduledEventId: number): object {
  return command('REQUEST_CANCEL_ACTIVITY_TASK', { scheduledEventId });
}

export function completeWorkflow(...results: readonly unknown[]): object {
  return command('COMPLETE_WORKFLOW_EXECUTION', { result: payloads(...results) });
}

export function failWorkflow(message: string, more: object = {}): object {
  return command('FAIL_WORKFLOW_EXECUTION', { failure: failure(message, more) });
}

export function cancelWorkflow(...details: readonly unknown[]): object {
  return command('CANCEL_WORKFLOW_EXECUTION', { details: payloads(...details) });
}

export function continueAsNew(attributes: object = {}): object {
  return command('CONTINUE_AS_NEW_WORKFLOW_EXECUTION', { workflowType: { name: 'type' }, ...attributes });
}

export function startChild(workflowId: string, attributes: object = {}, more: object = {}): object {
  const given = { workflowId, workflowType: { name: 'child' }, ...attributes };
  return command('START_CHILD_WORKFLOW_EXECUTION', given, more);
}

export function signalExternal(workflowId: string, attributes: object = {}): object {
  const given = { execution: { workflowId }, signalName: 'signal', input: payloads('input'), ...attributes };
  return command('SIGNAL_EXTERNAL_WORKFLOW_EXECUTION', given);
}

export function cancelExternal(workflowId: string, attributes: object = {}): object {
  return command('REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION', { workflowId, ...attributes });
}

export function recordMarker(markerName: string, attributes: object = {}): object {
  return command('RECORD_MARKER', { markerName, ...attributes });
}

export function upsertSearchAttributes(indexedFields: object): object {
  return command('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES', { searchAttributes: { indexedFields } });
}

export function modifyProperties(attributes: object): object {
  return command('MODIFY_WORKFLOW_PROPERTIES', attributes);
}

/** Takes a message of the update protocol up at this place among the commands. */
export function protocolMessage(messageId: string): object {
  return command('PROTOCOL_MESSAGE', { messageId });
}
