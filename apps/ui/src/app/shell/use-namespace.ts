import { useParams } from '@tanstack/react-router';
import { usePreferences } from '../../lib/preferences.ts';

/** The namespace of the page, or the one looked at last. */
export function useNamespace(): string {
  const { namespace } = useParams({ strict: false });
  const { namespace: last } = usePreferences();
  return namespace ?? last ?? 'default';
}
