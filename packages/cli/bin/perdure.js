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
  // Before anything else is loaded: from the second start on, no module is compiled again. In a folder of the user's own,
  // because Node.js trusts what it finds there, and its default is the temporary folder that all users share.
  var cache = process.env.XDG_CACHE_HOME || process.getBuiltinModule('node:os').homedir() + '/.cache';
  process.getBuiltinModule('node:module').enableCompileCache(cache + '/perdure');
  // For the threads of the store, each of which would compile its modules, and keep 25 MB for that.
  process.env.NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE || cache + '/perdure';
  import('#main');
}
