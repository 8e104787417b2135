import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import type { TransportBounds } from '../bounds.ts';
import type { TlsIdentity } from '../tls.ts';
import { Connection } from './connection.ts';
import { OutboundBudget } from './outbound-budget.ts';
import { SocketWire } from './socket-wire.ts';
import type { Http2Stream } from './stream.ts';

/** How TLS says that a connection speaks HTTP/2. */
const PROTOCOL = 'h2';

/** What a server of HTTP/2 needs. */
export interface Http2ServerOptions {
  /** Undefined: without TLS. */
  readonly tls: TlsIdentity | undefined;
  readonly bounds: TransportBounds;
  /** Takes a connection that is new, and says who takes its streams. */
  readonly onConnection: (connection: Connection, socket: Socket) => (stream: Http2Stream) => void;
  /** Takes what listeners of streams throw. */
  readonly reportError: (error: unknown) => void;
}

/** Listens for connections of HTTP/2. */
export class Http2Server {
  readonly #options: Http2ServerOptions;
  readonly #server: Server;
  readonly #outbound: OutboundBudget;
  readonly #connections = new Set<Connection>();
  /** Those too that have not agreed on TLS yet. */
  readonly #sockets = new Set<Socket>();
  #isClosing = false;

  constructor(options: Http2ServerOptions) {
    this.#options = options;
    this.#outbound = new OutboundBudget(options.bounds.outboundSizeBytesMax);
    this.#server = createServer(options.tls, (socket) => this.#open(socket));
    this.#server.maxConnections = options.bounds.connectionsMax;
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Resolves with the port; rejects with what the system says. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        // Such as too many open files: the next connection may find one.
        this.#server.on('error', this.#options.reportError);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Takes no new connections, and asks those that there are to go. Resolves when all are closed. */
  close(): Promise<void> {
    this.#isClosing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.close();
    return closed;
  }

  /** Closes all connections at once. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(socket: Socket): void {
    let accept: (stream: Http2Stream) => void = () => {};
    const connection = new Connection({
      wire: new SocketWire(socket),
      bounds: this.#options.bounds,
      outbound: this.#outbound,
      onStream: (stream) => accept(stream),
      reportError: this.#options.reportError,
    });
    this.#connections.add(connection);
    socket.on('data', (chunk: Buffer) => connection.receive(chunk));
    // It follows from the peer's doing, and the socket closes next.
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#connections.delete(connection);
      connection.lose();
    });
    accept = this.#options.onConnection(connection, socket);
    if (this.#isClosing) connection.close();
  }
}

function createServer(tls: TlsIdentity | undefined, open: (socket: Socket) => void): Server {
  if (tls === undefined) return createPlainServer({ noDelay: true }, open);
  const options = { ...tls.options(), ALPNProtocols: [PROTOCOL], noDelay: true };
  const server = process.getBuiltinModule('node:tls').createServer(options, (socket) => {
    socket.disableRenegotiation();
    if (socket.alpnProtocol === PROTOCOL) open(socket);
    else socket.destroy();
  });
  tls.onReplace((replaced) => server.setSecureContext(replaced));
  return server;
}
