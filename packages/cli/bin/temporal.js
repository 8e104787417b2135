#!/usr/bin/env node
// The same program under the name of the official one.
import('./perdure.js');
