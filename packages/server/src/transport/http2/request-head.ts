import { type Field, FieldKind, sizeOfField } from './hpack/field.ts';

/** How many headers a request may have, and how large they may be as HTTP/2 counts. */
const HEADERS_MAX = 128;
export const HEADER_LIST_SIZE_BYTES_MAX = 65_536;

/** The headers with which a request begins, or those after its body. */
export class RequestHead {
  method: string | undefined;
  scheme: string | undefined;
  path: string | undefined;
  contentType: string | undefined;
  /** `grpc-timeout` and `grpc-encoding`, of a repeated one the last. */
  timeout: string | undefined;
  encoding: string | undefined;
  contentLength: number | undefined;
  /** All headers but those of HTTP/2 itself. */
  readonly fields: Field[] = [];
  #authority: string | undefined;
  #sizeBytes = 0;
  #count = 0;
  #isMalformed = false;

  /** More than is allowed: what came after that was not kept. */
  get isTooLarge(): boolean {
    return this.#count > HEADERS_MAX || this.#sizeBytes > HEADER_LIST_SIZE_BYTES_MAX;
  }

  /** Whether a request may begin so. */
  get isRequest(): boolean {
    if (this.#isMalformed) return false;
    return this.method !== undefined && this.scheme !== undefined && this.path !== undefined && this.path !== '';
  }

  /** Whether a request may end so. */
  get isTrailers(): boolean {
    if (this.#isMalformed || this.#authority !== undefined) return false;
    return this.method === undefined && this.scheme === undefined && this.path === undefined;
  }

  add(field: Field): void {
    this.#count += 1;
    this.#sizeBytes += sizeOfField(field);
    if (this.isTooLarge) return;
    const { kind, value } = field;
    if (kind === FieldKind.Regular) this.fields.push(field);
    else if (kind >= FieldKind.Method && kind <= FieldKind.Path) this.#addPseudo(kind, value);
    else this.#addKnown(field);
  }

  #addPseudo(kind: FieldKind, value: string): void {
    // They stand before all others, each once.
    if (this.fields.length > 0) this.#isMalformed = true;
    if (kind === FieldKind.Method) this.method = this.#once(this.method, value);
    else if (kind === FieldKind.Scheme) this.scheme = this.#once(this.scheme, value);
    else if (kind === FieldKind.Path) this.path = this.#once(this.path, value);
    else this.#authority = this.#once(this.#authority, value);
  }

  #once(before: string | undefined, value: string): string {
    if (before !== undefined) this.#isMalformed = true;
    return value;
  }

  #addKnown(field: Field): void {
    this.fields.push(field);
    const { kind, value } = field;
    if (kind === FieldKind.ContentType) this.contentType ??= value;
    else if (kind === FieldKind.Timeout) this.timeout = value;
    else if (kind === FieldKind.Encoding) this.encoding = value;
    else if (kind === FieldKind.Te) this.#isMalformed ||= value !== 'trailers';
    else if (kind === FieldKind.ContentLength) this.#addLength(value);
    else this.#isMalformed = true;
  }

  #addLength(value: string): void {
    const length = /^\d{1,15}$/.test(value) ? Number(value) : undefined;
    if (length === undefined || (this.contentLength ?? length) !== length) this.#isMalformed = true;
    this.contentLength = length;
  }
}
