import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Before anything else is loaded: from the second start on, no module is compiled again. In a folder of the user's own,
// because Node.js trusts what it finds there, and the default is the temporary folder that all users share.
enableCompileCache(join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'perdure'));
const { runProgram } = await import('./program.ts');
await runProgram();
