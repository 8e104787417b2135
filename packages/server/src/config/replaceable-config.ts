import type { Limits } from '@perdure/core';
import type { Constraints, DynamicConfig, SettingKey, ValueOf } from './dynamic-config.ts';

/** A configuration that may be replaced while the server runs: whoever asks next gets the new values. */
export class ReplaceableConfig implements DynamicConfig {
  #current: DynamicConfig;

  constructor(first: DynamicConfig) {
    this.#current = first;
  }

  replace(config: DynamicConfig): void {
    this.#current = config;
  }

  get<Key extends SettingKey>(key: Key, constraints?: Constraints): ValueOf<Key> {
    return this.#current.get(key, constraints);
  }

  limits(namespace: string): Limits {
    return this.#current.limits(namespace);
  }
}
