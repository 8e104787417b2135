/** The bytes of a connection, whatever carries them. */
export interface Wire {
  /** Writes the parts at once. Not called again before it has told that they have left, or will not. */
  write(parts: readonly Buffer[], done: (hasLeft: boolean) => void): void;
  /** Takes no more bytes until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes when all is written, or soon after. */
  end(): void;
  destroy(): void;
}
