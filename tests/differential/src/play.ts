import { Scene } from './scene.ts';
import { transcribe } from './transcript.ts';
import type { Entry } from './transcript.ts';
import type { Program } from './program.ts';

/** Runs a program against the server at `address`, and gives its transcript. */
export async function play(program: Program, address: string): Promise<readonly Entry[]> {
  const scene = new Scene(address);
  try {
    await program.play(scene);
    return transcribe(scene.steps, scene.prefix);
  } catch (error) {
    const soFar = JSON.stringify(transcribe(scene.steps, scene.prefix), null, 1);
    throw new Error(`${program.name} did not come to its end; so far:\n${soFar}`, { cause: error });
  } finally {
    scene.close();
  }
}
