import { useSyncExternalStore } from 'react';
import type { DateFormat } from './time.ts';

/** What a reader chooses, kept in this browser. */
export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  /** `local`, or a zone of the IANA database such as `UTC`. */
  readonly timeZone: string;
  readonly timeStyle: 'absolute' | 'relative';
  readonly dateFormat: DateFormat;
  readonly clock: '24' | '12';
  readonly isRailCollapsed: boolean;
  readonly namespace: string | undefined;
}

const initial: Preferences = {
  theme: 'system',
  timeZone: 'local',
  timeStyle: 'absolute',
  dateFormat: 'sortable',
  clock: '24',
  isRailCollapsed: false,
  namespace: undefined,
};

/**
 * A value of any shape that localStorage keeps and all tabs share. What is stored and unreadable counts as not stored;
 * a browser that keeps nothing works with the value in memory.
 */
export interface Stored<Value> {
  readonly get: () => Value;
  readonly set: (value: Value) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function stored<Value>(key: string, fallback: Value, read: (json: unknown) => Value): Stored<Value> {
  const storageKey = `perdure.${key}`;
  const listeners = new Set<() => void>();
  const load = (): Value => {
    try {
      const text = localStorage.getItem(storageKey);
      return text === null ? fallback : read(JSON.parse(text));
    } catch {
      return fallback;
    }
  };
  let value = load();
  const notify = (): void => listeners.forEach((listener) => listener());
  addEventListener('storage', (event) => {
    if (event.key !== storageKey) return;
    value = load();
    notify();
  });
  return {
    get: () => value,
    set: (next) => {
      value = next;
      try {
        localStorage.setItem(storageKey, JSON.stringify(next));
      } catch {
        // Kept in memory alone.
      }
      notify();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** One for each namespace, under the key with the namespace's name behind it. */
export function storedByNamespace<Value>(
  key: string,
  fallback: Value,
  read: (json: unknown) => Value,
): (namespace: string) => Stored<Value> {
  const stores = new Map<string, Stored<Value>>();
  return (namespace) => {
    let store = stores.get(namespace);
    if (store === undefined) {
      store = stored(`${key}.${namespace}`, fallback, read);
      stores.set(namespace, store);
    }
    return store;
  };
}

/** What is kept under keys that begin so, of which there may be one for each namespace; what is unreadable is left out. */
export function storedUnder(keyPrefix: string): readonly unknown[] {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(`perdure.${keyPrefix}`));
    return keys.flatMap((key) => readJson(localStorage.getItem(key)));
  } catch {
    return [];
  }
}

function readJson(text: string | null): readonly unknown[] {
  try {
    const json: unknown = JSON.parse(text ?? 'null');
    return json === null ? [] : [json];
  } catch {
    return [];
  }
}

export function useStored<Value>(store: Stored<Value>): Value {
  return useSyncExternalStore(store.subscribe, store.get);
}

export const preferences = stored<Preferences>('preferences', initial, (json) => ({
  ...initial,
  ...(json as Partial<Preferences>),
}));

export function usePreferences(): Preferences {
  return useStored(preferences);
}

export function setPreference<Name extends keyof Preferences>(name: Name, value: Preferences[Name]): void {
  preferences.set({ ...preferences.get(), [name]: value });
}

/** Keeps the document's theme, and the room for dates, those that are chosen. */
export function applyLook(): void {
  const apply = (): void => {
    const { theme, dateFormat } = preferences.get();
    document.documentElement.dataset.dates = dateFormat;
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };
  apply();
  preferences.subscribe(apply);
}
