import { openApiYaml, swaggerJson, type ApiFacts } from '@perdure/proto/openapi';
import { SERVER_VERSION } from '../../config/version.ts';
import type { HandlerTable } from '../../rpc/handler.ts';

/** A document that describes the API. */
export interface ApiDocument {
  readonly contentType: string;
  readonly text: string;
}

const FORMS: ReadonlyMap<string, { readonly contentType: string; readonly write: (facts: ApiFacts) => string }> =
  new Map([
    ['openapi.yaml', { contentType: 'application/vnd.oai.openapi;version=3.0', write: openApiYaml }],
    ['swagger.json', { contentType: 'application/vnd.oai.openapi+json;version=2.0', write: swaggerJson }],
  ]);

/** The documents at `/openapi.yaml` and `/swagger.json`: what is served, as the protocol describes it. */
export class ApiDocuments {
  readonly #handlers: HandlerTable;
  readonly #written = new Map<string, ApiDocument>();

  constructor(handlers: HandlerTable) {
    this.#handlers = handlers;
  }

  /** The document at that path; written when it is first asked for. */
  find(segments: readonly string[]): ApiDocument | undefined {
    const [name = ''] = segments;
    const form = segments.length === 1 ? FORMS.get(name) : undefined;
    if (form === undefined) return undefined;
    let document = this.#written.get(name);
    if (document === undefined) {
      const isServed = (path: string): boolean => this.#handlers.has(path);
      const { contentType } = form;
      document = { contentType, text: form.write({ title: 'Perdure HTTP API', version: SERVER_VERSION, isServed }) };
      this.#written.set(name, document);
    }
    return document;
  }
}
