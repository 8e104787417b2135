import { useQuery } from '@tanstack/react-query';
import { settingsQuery, type UiAction } from '../api/queries.ts';

/** Whether the operator lets readers do something: all that is not switched off. Until it is known, it is offered. */
export function useMay(): (action: UiAction) => boolean {
  const { data: settings } = useQuery(settingsQuery);
  return (action) => settings === undefined || (!settings.isReadOnly && !settings.disabledActions.has(action));
}
