export { simulate, type Failure, type Result } from './simulate.ts';
