import { enableCompileCache } from 'node:module';

// Before anything else is loaded: from the second start on, no module is compiled again.
enableCompileCache();
const { runProgram } = await import('./program.ts');
await runProgram();
