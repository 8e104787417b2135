import { GrpcStatus, isRejection } from '@perdure/core';
import type { ServiceMetrics } from '../observability/service-metrics.ts';
import type { Handler, HandlerTable, Reply } from '../rpc/handler.ts';

/** Tells namespaces that exist from names that a caller has made up, which must not become labels. */
export interface KnownNamespaces {
  byName(name: string): unknown;
}

/** The same handlers, each call counted and timed. */
export function withMetrics(handlers: HandlerTable, metrics: ServiceMetrics, known: KnownNamespaces): HandlerTable {
  return new Map([...handlers].map(([path, handler]) => [path, measure(path, handler, metrics, known)]));
}

function measure(path: string, handler: Handler, metrics: ServiceMetrics, known: KnownNamespaces): Handler {
  const operation = path.slice(path.lastIndexOf('/') + 1);
  return async (request, context): Promise<Reply> => {
    const end = metrics.begin(operation, namespaceLabel(request, known));
    try {
      const reply = await handler(request, context);
      end(isRejection(reply) ? reply.status : undefined);
      return reply;
    } catch (error) {
      end(GrpcStatus.Internal);
      throw error;
    }
  };
}

function namespaceLabel(request: { readonly namespace?: string }, known: KnownNamespaces): string {
  const name = request.namespace ?? '';
  return known.byName(name) === undefined ? '' : name;
}
