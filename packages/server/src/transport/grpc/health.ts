import { GrpcStatus, type Rejection } from '@perdure/core';
import { DecodeError, messageType, ServiceName } from '@perdure/proto';
import { HealthCheckResponseServingStatus as ServingStatus } from '@perdure/proto/enums';
import type { HealthCheckRequest } from '@perdure/proto/types';
import type { Reply } from '../../rpc/handler.ts';
import { statusAnswer } from '../unary.ts';
import type { StreamHandler } from './router.ts';

/** Services whose health is known; the empty name is the server as a whole. Source: frontend/interface.go. */
const SERVICES: ReadonlySet<string> = new Set(['', ServiceName.Workflow]);

const UNKNOWN_SERVICE: Rejection = { kind: 'rejection', status: GrpcStatus.NotFound, message: 'unknown service' };

type Watcher = (status: ServingStatus) => void;

/** grpc.health.v1.Health: what load balancers and `temporal operator cluster health` ask. */
export class Health {
  #isServing = true;
  readonly #watchers = new Set<Watcher>();
  readonly #endings = new Set<() => void>();

  /** Sets the state and tells all who watch. */
  setServing(isServing: boolean): void {
    if (isServing === this.#isServing) return;
    this.#isServing = isServing;
    for (const watcher of this.#watchers) watcher(this.#status);
  }

  get #status(): ServingStatus {
    return this.#isServing ? ServingStatus.Serving : ServingStatus.NotServing;
  }

  /** `Check`. */
  readonly check = ({ service = '' }: HealthCheckRequest): Reply => {
    return SERVICES.has(service) ? { message: { status: this.#status } } : UNKNOWN_SERVICE;
  };

  /** `Watch`: the state now and at each change. A service that is not known is watched too, as the protocol says. */
  readonly watch: StreamHandler = (stream) => {
    const send = (status: ServingStatus): void =>
      stream.send(messageType('grpc.health.v1.HealthCheckResponse').encode({ status }));
    const end = (): void => stream.finish(statusAnswer(GrpcStatus.Unavailable, 'server is shutting down'));
    return {
      message: (bytes) => {
        const service = decodeService(bytes);
        if (service === undefined) {
          stream.finish(statusAnswer(GrpcStatus.Internal, 'grpc: error unmarshalling request'));
          return;
        }
        this.#endings.add(end);
        if (SERVICES.has(service)) this.#watchers.add(send);
        send(SERVICES.has(service) ? this.#status : ServingStatus.ServiceUnknown);
      },
      halfClose: () => {},
      closed: () => {
        this.#watchers.delete(send);
        this.#endings.delete(end);
      },
    };
  };

  /** Ends all watching: the server stops. */
  endWatching(): void {
    for (const end of this.#endings) end();
  }
}

function decodeService(bytes: Uint8Array): string | undefined {
  try {
    return messageType('grpc.health.v1.HealthCheckRequest').decode(bytes).service;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
