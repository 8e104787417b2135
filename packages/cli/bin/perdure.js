#!/usr/bin/env node
// Old syntax on purpose: an old Node.js must get as far as the message.
var needed = [22, 13];
var found = process.versions.node.split('.').map(Number);

if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  console.error(
    'perdure needs Node.js ' +
      needed.join('.') +
      ' or newer; this is ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').',
  );
  process.exitCode = 1;
} else {
  import('#main');
}
