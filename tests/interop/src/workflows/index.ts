export * from './activities.ts';
export * from './approval.ts';
export * from './cancellation.ts';
export * from './children.ts';
export * from './messages.ts';
export * from './saga.ts';
export * from './time.ts';
export * from './versions.ts';
