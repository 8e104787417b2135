/** Which workflow a new one is to be like, if any. */
export interface StartSearch {
  readonly likeId?: string | undefined;
  readonly likeRun?: string | undefined;
}

export function readStartSearch({ likeId, likeRun }: Record<string, unknown>): StartSearch {
  return {
    ...((typeof likeId === 'string' || typeof likeId === 'number') && { likeId: String(likeId) }),
    ...(typeof likeRun === 'string' && { likeRun }),
  };
}
