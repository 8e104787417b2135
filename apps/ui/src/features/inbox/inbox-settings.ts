import { storedByNamespace } from '../../lib/preferences.ts';

/** Which workflows wait for a person, and how they are answered: kept in this browser for each namespace. */
export interface InboxSettings {
  /** Of the list of workflows. */
  readonly query: string;
  /** Names of signals and updates to offer; empty for all that a workflow says it takes. */
  readonly answers: string;
  /** JSON that is sent with an answer unless it is changed. */
  readonly input: string;
}

export const initialInbox: InboxSettings = { query: 'ExecutionStatus = "Running"', answers: '', input: '' };

export const inboxSettings = storedByNamespace<InboxSettings>('inbox', initialInbox, (json) => ({
  ...initialInbox,
  ...(json as Partial<InboxSettings>),
}));
