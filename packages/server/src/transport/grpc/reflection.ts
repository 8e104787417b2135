import { GrpcStatus } from '@perdure/core';
import { DecodeError, messageType } from '@perdure/proto';
import type { ReflectionServerReflectionRequest, ReflectionServerReflectionResponse } from '@perdure/proto/types';
import { statusAnswer } from '../unary.ts';
import type { GrpcStream } from './grpc-stream.ts';
import type { StreamHandler } from './router.ts';

type Request = ReflectionServerReflectionRequest;
type Response = ReflectionServerReflectionResponse;

/** Descriptors of all files, made when somebody first asks: about 50 ms that no other server start pays. */
interface Catalogue {
  readonly fileNameOf: (symbol: string) => string | undefined;
  /** A file and all that it depends on, itself first; undefined for a name that is none. */
  readonly withDependencies: (fileName: string) => Uint8Array[] | undefined;
}

let catalogue: Promise<Catalogue> | undefined;

async function loadCatalogue(): Promise<Catalogue> {
  const { fileDescriptors, fileNameOf } = await import('@perdure/proto/file-descriptors');
  const type = messageType('google.protobuf.FileDescriptorProto');
  const files = new Map(
    fileDescriptors().map((file) => [file.name ?? '', { bytes: type.encode(file), dependency: file.dependency ?? [] }]),
  );
  const withDependencies = (fileName: string): Uint8Array[] | undefined => {
    if (!files.has(fileName)) return undefined;
    const names = new Set([fileName]);
    // A set is walked in the order of insertion, what is added meanwhile included.
    for (const name of names) for (const dependency of files.get(name)?.dependency ?? []) names.add(dependency);
    return [...names].flatMap((name) => files.get(name)?.bytes ?? []);
  };
  return { fileNameOf, withDependencies };
}

/** Server reflection, which grpcurl and the like use. Both versions of the protocol have the same messages. */
export function reflectionHandler(version: 'v1' | 'v1alpha', services: readonly string[]): StreamHandler {
  const requestType = messageType(`grpc.reflection.${version}.ServerReflectionRequest`);
  const responseType = messageType(`grpc.reflection.${version}.ServerReflectionResponse`);
  return (stream) => {
    let answered = Promise.resolve();
    return {
      message: (bytes) => {
        answered = answered.then(async () => {
          const request: Request = requestType.decode(bytes);
          stream.send(responseType.encode(await respond(request, services)));
        });
        answered = answered.catch((error: unknown) => fail(stream, error));
      },
      halfClose: () => {
        void answered.then(() => stream.finishOk());
      },
      closed: () => {},
    };
  };
}

function fail(stream: GrpcStream, error: unknown): void {
  const problem = error instanceof DecodeError ? error.message : 'internal error';
  stream.finish(statusAnswer(GrpcStatus.Internal, `grpc: error unmarshalling request: ${problem}`));
}

async function respond(request: Request, services: readonly string[]): Promise<Response> {
  const common = { originalRequest: request, ...(request.host === undefined ? {} : { validHost: request.host }) };
  if (request.listServices !== undefined) {
    return { ...common, listServicesResponse: { service: services.map((name) => ({ name })) } };
  }
  catalogue ??= loadCatalogue();
  const { fileNameOf, withDependencies } = await catalogue;
  const symbol = request.fileContainingSymbol;
  const fileName = symbol === undefined ? request.fileByFilename : fileNameOf(symbol);
  const files = fileName === undefined ? undefined : withDependencies(fileName);
  if (files === undefined) {
    return { ...common, errorResponse: { errorCode: GrpcStatus.NotFound, errorMessage: 'proto: not found' } };
  }
  return { ...common, fileDescriptorResponse: { fileDescriptorProto: files } };
}
