import type { HistoryEvent } from '@perdure/proto/json-types';
import { X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { attributesOf, eventTypeWords, failureOf, payloadsOf } from '../../lib/history/events.ts';
import { type EventGroup, kindNames } from '../../lib/history/groups.ts';
import { IconButton } from '../button.tsx';
import { JsonView } from '../json-view.tsx';
import { PayloadsView } from '../payload-view.tsx';
import { Timestamp } from '../time.tsx';
import { FailureView } from './failure-view.tsx';
import { stateNames } from './group-state.ts';
import styles from './inspector.module.css';

export interface InspectorProps {
  readonly group: EventGroup;
  readonly onClose: () => void;
  /** Above the events: what only the page knows, such as a pending activity's attempts. */
  readonly children?: ReactNode;
}

/** All that is known of one group: its values, its failure, and each of its events. */
export function Inspector({ group, onClose, children }: InspectorProps): ReactNode {
  const values = group.events.flatMap(payloadsOf);
  const state = stateNames[group.state];
  return (
    <div className={styles.inspector}>
      <div className={styles.head}>
        <div className={styles.title}>
          <h2>{group.name}</h2>
          <div className={styles.kind}>
            {kindNames[group.kind]}
            {state !== '' && `, ${state}`}
          </div>
        </div>
        <IconButton label="Close" isSmall onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      {children}
      {group.failure !== undefined && <FailureView failure={group.failure} />}
      {values.map(([name, payloads], index) => (
        <div key={index} className={styles.block}>
          <h3>{valueNames[name] ?? name}</h3>
          <PayloadsView payloads={payloads} label={name} />
        </div>
      ))}
      {group.events.map((event) => (
        <EventBlock key={event.eventId} event={event} />
      ))}
    </div>
  );
}

const valueNames: Readonly<Record<string, string>> = {
  input: 'Input',
  result: 'Result',
  details: 'Details',
  lastCompletionResult: 'Result of the last run',
  lastHeartbeatDetails: 'Last heartbeat',
};

/** One event's fields as they are in history; opened by its heading. */
function EventBlock({
  event,
  isOpened = false,
}: {
  readonly event: HistoryEvent;
  readonly isOpened?: boolean;
}): ReactNode {
  const [isOpen, setIsOpen] = useState(isOpened);
  return (
    <div className={styles.event}>
      <button type="button" className={styles.eventHead} aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <span className={styles.eventName}>
          {event.eventId} {eventTypeWords(event)}
        </span>
        <span className={styles.time}>
          <Timestamp value={event.eventTime} style="absolute" />
        </span>
      </button>
      {isOpen && <JsonView value={attributesOf(event)} label="attributes" />}
    </div>
  );
}

/** What is not shown already, decoded: payloads and failures have places of their own. */
function fieldsOf(event: HistoryEvent): object {
  const shown = new Set(payloadsOf(event).map(([name]) => name));
  return Object.fromEntries(
    Object.entries(attributesOf(event)).filter(([name]) => name !== 'failure' && !shown.has(name)),
  );
}

/** One event by itself: failure, values, fields. */
export function EventDetail({ event }: { readonly event: HistoryEvent }): ReactNode {
  const failure = failureOf(event);
  return (
    <>
      {failure !== undefined && <FailureView failure={failure} />}
      {payloadsOf(event).map(([name, payloads], index) => (
        <div key={index} className={styles.block}>
          <h3>{valueNames[name] ?? name}</h3>
          <PayloadsView payloads={payloads} label={name} />
        </div>
      ))}
      <div className={styles.block}>
        <h3>Fields</h3>
        <JsonView value={fieldsOf(event)} label="fields" />
      </div>
    </>
  );
}
