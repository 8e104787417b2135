import { defaultBounds, type TransportBounds } from '../transport/bounds.ts';
import { defaultKeepalive, type KeepaliveOptions } from '../transport/grpc/keepalive.ts';
import type { Setting } from './setting.ts';

function bound(field: keyof TransportBounds, kind: Setting<number>['kind'], description: string): Setting<number> {
  return { kind, default: defaultBounds[field], scope: 'global', description: `${description} A key of our own.` };
}

function duration(defaultMs: number | undefined, description: string): Setting<number> {
  return { kind: 'duration', default: defaultMs ?? 0, scope: 'global', description };
}

/** The keys that hold for connections. They are read when the server starts, and not again. */
export const listenerSettings = {
  'frontend.keepAliveMaxConnectionAge': duration(
    defaultKeepalive.connectionAgeMaxMs,
    "Age at which a connection is asked to go; 0: never. In Temporal's clusters 5 minutes, to spread connections over hosts.",
  ),
  'frontend.keepAliveMaxConnectionAgeGrace': duration(
    defaultKeepalive.connectionAgeGraceMs,
    'How long the calls of such a connection may still take.',
  ),
  'frontend.keepAliveMaxConnectionIdle': duration(
    defaultKeepalive.connectionIdleMaxMs,
    'How long a connection may be without calls before it is closed; 0: for ever.',
  ),
  'frontend.keepAliveTime': duration(defaultKeepalive.timeMs, 'How often the server pings a connection; 0: never.'),
  'frontend.keepAliveTimeout': duration(defaultKeepalive.timeoutMs, 'How long the answer to such a ping may take.'),
  'system.listener.maxConnections': bound('connectionsMax', 'integer', 'Connections of one listener.'),
  'system.listener.maxConcurrentCalls': bound('streamsMax', 'integer', 'Calls of one gRPC connection at a time.'),
  'system.listener.cancelBurst': bound(
    'streamResetsMax',
    'integer',
    'Calls that a gRPC connection may cancel at once; it is closed for more.',
  ),
  'system.listener.cancelRPS': bound('streamResetsPerSecond', 'integer', 'How many more it may cancel each second.'),
  'system.listener.controlFrameBurst': bound(
    'controlFramesMax',
    'integer',
    'Pings, settings and other frames of no use that a gRPC connection may send at once; it is closed for more.',
  ),
  'system.listener.controlFrameRPS': bound(
    'controlFramesPerSecond',
    'integer',
    'How many more it may send each second.',
  ),
  'system.listener.maxMessageSize': bound('messageSizeBytesMax', 'integer', 'Bytes of a request.'),
  'system.listener.maxInboundSize': bound(
    'inboundSizeBytesMax',
    'integer',
    'Bytes of all requests that are on their way over gRPC.',
  ),
  'system.listener.maxOutboundSize': bound(
    'outboundSizeBytesMax',
    'integer',
    'Bytes of all replies that wait for slow readers over gRPC; where it is more, the connection that most waits for is closed.',
  ),
  'system.listener.messageTimeout': bound('messageTimeoutMs', 'duration', 'How long a request may be on its way.'),
} as const satisfies Readonly<Record<string, Setting>>;

/** What a configuration gives the keys. */
interface Values {
  get(key: keyof typeof listenerSettings): number;
}

export function transportBounds(config: Values): TransportBounds {
  return {
    connectionsMax: config.get('system.listener.maxConnections'),
    streamsMax: config.get('system.listener.maxConcurrentCalls'),
    streamResetsMax: config.get('system.listener.cancelBurst'),
    streamResetsPerSecond: config.get('system.listener.cancelRPS'),
    controlFramesMax: config.get('system.listener.controlFrameBurst'),
    controlFramesPerSecond: config.get('system.listener.controlFrameRPS'),
    messageSizeBytesMax: config.get('system.listener.maxMessageSize'),
    inboundSizeBytesMax: config.get('system.listener.maxInboundSize'),
    outboundSizeBytesMax: config.get('system.listener.maxOutboundSize'),
    messageTimeoutMs: config.get('system.listener.messageTimeout'),
  };
}

export function keepaliveOptions(config: Values): KeepaliveOptions {
  const unlessZero = (ms: number): number | undefined => (ms === 0 ? undefined : ms);
  return {
    timeMs: unlessZero(config.get('frontend.keepAliveTime')),
    timeoutMs: config.get('frontend.keepAliveTimeout'),
    connectionIdleMaxMs: unlessZero(config.get('frontend.keepAliveMaxConnectionIdle')),
    connectionAgeMaxMs: unlessZero(config.get('frontend.keepAliveMaxConnectionAge')),
    connectionAgeGraceMs: config.get('frontend.keepAliveMaxConnectionAgeGrace'),
  };
}
