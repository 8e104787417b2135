import type { Socket } from 'node:net';
import type { Wire } from './wire.ts';

/** A socket, with or without TLS, as the wire of a connection. */
export class SocketWire implements Wire {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  write(parts: readonly Buffer[], done: (hasLeft: boolean) => void): void {
    const socket = this.#socket;
    // A socket that is destroyed meanwhile reports no error for what it was writing.
    const written = (error?: Error | null): void => done((error ?? undefined) === undefined && !socket.destroyed);
    const last = parts.length - 1;
    if (last > 0) socket.cork();
    for (let index = 0; index < last; index++) socket.write(parts[index] as Buffer);
    socket.write(parts[last] as Buffer, written);
    if (last > 0) socket.uncork();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
