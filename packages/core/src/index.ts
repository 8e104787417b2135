export * from './kernel/rejection.ts';
