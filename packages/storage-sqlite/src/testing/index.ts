export * from './power-loss.ts';
