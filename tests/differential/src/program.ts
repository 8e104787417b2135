import type { Scene } from './scene.ts';

/** What happens on a server, step by step. */
export type Play = (scene: Scene) => Promise<void>;

/** A program with the name of its recording: `signals/a-closed-workflow`. */
export type Program = { readonly name: string; readonly play: Play };

/** The programs of one rule of the server, by what they show. */
export function programs(rule: string, plays: Readonly<Record<string, Play>>): readonly Program[] {
  return Object.entries(plays).map(([name, play]) => ({
    name: `${rule}/${name.replaceAll(/[^a-z0-9]+/gi, '-')}`,
    play,
  }));
}
