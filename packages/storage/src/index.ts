export * from './store.ts';
export * from './store-error.ts';
