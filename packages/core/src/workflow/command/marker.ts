import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { RecordMarkerCommandAttributes } from '@perdure/proto/types';
import { payloadsSize } from '../../kernel/payload-size.ts';
import { utf8Length } from '../../kernel/utf8.ts';
import type { CommandRule } from './command.ts';

/** Records what the workflow's own code has to remember. Temporal: command_attr_validator.go. */
export const recordMarker: CommandRule = {
  name: 'RecordMarker',
  closes: false,
  check({ env }, command) {
    const cause = WorkflowTaskFailedCause.BadRecordMarkerAttributes;
    const attributes = command.recordMarkerCommandAttributes;
    if (attributes === undefined)
      return { cause, message: 'RecordMarkerCommandAttributes is not set on RecordMarkerCommand.' };
    const { markerName = '' } = attributes;
    if (markerName === '') return { cause, message: 'MarkerName is not set on RecordMarkerCommand.' };
    const length = utf8Length(markerName);
    const max = env.limits.idLengthMax;
    if (length > max) {
      const what = `MarkerName=${markerName} Length=${length} Limit=${max}`;
      return { cause, message: `MarkerName on RecordMarkerCommand exceeds length limit. ${what}` };
    }
    if (detailsSize(attributes) > env.limits.blobSizeBytesMax) {
      return { cause, message: 'RecordMarkerCommandAttributes.Details exceeds size limit.', terminates: true };
    }
    return undefined;
  },
  execute({ transition, completedEventId }, command) {
    const { markerName, details, header, failure } = command.recordMarkerCommandAttributes ?? {};
    transition.append({
      eventType: EventType.MarkerRecorded,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      markerRecordedEventAttributes: {
        markerName,
        details,
        workflowTaskCompletedEventId: completedEventId,
        header,
        failure,
      },
    });
  },
};

function detailsSize(attributes: RecordMarkerCommandAttributes): number {
  let bytes = 0;
  for (const [name, payloads] of Object.entries(attributes.details ?? {}))
    bytes += utf8Length(name) + payloadsSize(payloads);
  return bytes;
}
