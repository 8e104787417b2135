import type { Attribute } from './attributes.ts';
import type { AttributeScalar } from './record.ts';

/**
 * A visibility query whose names and values are resolved: what stores evaluate or compile. Three truth values, as in
 * SQL: a comparison with an attribute that is not set is unknown, `not` keeps unknown, and a run is selected only where
 * the whole is true. So `a != 'x'` does not select runs without `a`. The exceptions, which are never unknown, are
 * `isNull`, `hasAny` and `matches`.
 */
export type ResolvedQuery =
  /** All are true; none given: true. */
  | { readonly kind: 'all'; readonly queries: readonly ResolvedQuery[] }
  /** At least one is true; none given: false. */
  | { readonly kind: 'any'; readonly queries: readonly ResolvedQuery[] }
  | { readonly kind: 'not'; readonly query: ResolvedQuery }
  | { readonly kind: 'isNull'; readonly attribute: Attribute }
  /** Equal to one of the values (at least one is given). Not for Text and KeywordList. */
  | { readonly kind: 'oneOf'; readonly attribute: Attribute; readonly values: readonly AttributeScalar[] }
  /** Numbers by size, texts by code point, false before true. Not for Text and KeywordList. */
  | {
      readonly kind: 'compare';
      readonly attribute: Attribute;
      readonly operator: OrderOperator;
      readonly value: AttributeScalar;
    }
  /** Begins with the prefix, case and all. Keyword only. */
  | { readonly kind: 'startsWith'; readonly attribute: Attribute; readonly prefix: string }
  /** The list holds one of the values (at least one is given); false where it is not set. KeywordList only. */
  | { readonly kind: 'hasAny'; readonly attribute: Attribute; readonly values: readonly string[] }
  /** The token form contains one of the phrases (at least one is given) as a substring; false where not set. Text only. */
  | { readonly kind: 'matches'; readonly attribute: Attribute; readonly phrases: readonly string[] };

/** The operators of `compare`; `=` and `!=` become `oneOf`. */
export type OrderOperator = '<' | '<=' | '>' | '>=';
