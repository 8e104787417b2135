/**
 * `node tools/build-ui.ts`: builds the Web UI when its sources are newer than its build. `npm start` runs it first; where
 * nothing changed it costs milliseconds.
 */
import { buildUi } from './ui-build.ts';

// A build that fails says why; the server starts with the one before, or without a UI.
await buildUi();
