import type { NamespaceInfoCapabilities, NamespaceState } from '@perdure/proto/json-types';
import { enumWords } from '../../lib/history/events.ts';

export function stateWords(state: NamespaceState | undefined): string {
  return enumWords(state, 'NAMESPACE_STATE_');
}

/** `asyncUpdate` as `async update`. */
export function capabilityWords(capabilities: NamespaceInfoCapabilities | undefined): readonly string[] {
  return Object.entries(capabilities ?? {})
    .filter(([, value]) => value === true)
    .map(([name]) => name.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`))
    .sort();
}
