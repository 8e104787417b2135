/** What a schedule's spec means, for those who show it before a server has it. */
export { toDuration, toTimestamp } from '../../kernel/time.ts';
export { canonicalSpec } from './canonical.ts';
export { compileSpec } from './compile.ts';
