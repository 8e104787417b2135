/** JSON that is no message of the expected type, or a message that proto3 JSON cannot hold. Names the place. */
export class JsonError extends Error {
  override readonly name = 'JsonError';

  constructor(path: string, problem: string) {
    super(path === '' ? problem : `${path}: ${problem}`);
  }
}
