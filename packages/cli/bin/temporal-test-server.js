#!/usr/bin/env node
// The same program under the name of the official test server, whose time skips.
import('./perdure.js');
