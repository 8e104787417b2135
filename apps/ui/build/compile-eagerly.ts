import type { Plugin } from 'vite';

/** Read by Chromium where it is a file's first line; a comment to all others. */
const HINT = '//# allFunctionsCalledOnLoad\n';

/**
 * Has the browser compile all of these chunks beside the page's thread, while they come, and not a function at a time
 * when it is first called there. For those that every page runs.
 */
export function compileEagerly(names: readonly string[]): Plugin {
  return {
    name: 'compile-eagerly',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler: (_options, bundle) => {
        for (const file of Object.values(bundle)) {
          if (file.type === 'chunk' && names.includes(file.name)) file.code = HINT + file.code;
        }
      },
    },
  };
}
