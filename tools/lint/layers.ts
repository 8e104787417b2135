/**
 * The layers of `apps/ui/src`, from the bottom: `api` and `lib`, then `components`, then `features`, then `app`. A file
 * imports from its own layer or from below; a feature never imports another one. `.oxlintrc.json` says where it holds.
 */
import { dirname, join, relative, sep } from 'node:path';

interface Node {
  readonly type: string;
  readonly source?: { readonly type: string; readonly value?: unknown } | null;
}

interface RuleContext {
  readonly filename: string;
  report(problem: { node: Node; message: string }): void;
}

const layers = ['lib', 'components', 'features', 'app'];

interface Place {
  readonly layer: string;
  /** Of a feature, its folder. */
  readonly part: string;
}

/** Where a file below `apps/ui/src` belongs; undefined for the others and for `main.tsx`. `api` is on `lib`'s level. */
function placeOf(file: string): Place | undefined {
  const [, inside] = file.split(`apps${sep}ui${sep}src${sep}`);
  const [first = '', part = ''] = inside?.split(sep) ?? [];
  const layer = first === 'api' ? 'lib' : first;
  return layers.includes(layer) ? { layer, part } : undefined;
}

/** What is wrong with an import, undefined for nothing. */
export function problemOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = join(dirname(file), specifier);
  const from = placeOf(file);
  const to = placeOf(target);
  if (from === undefined || to === undefined) return undefined;
  if (layers.indexOf(to.layer) > layers.indexOf(from.layer)) {
    return `${from.layer} is below ${to.layer}: ${relative(dirname(file), target)} must not be imported here.`;
  }
  if (from.layer === 'features' && to.layer === 'features' && from.part !== to.part) {
    return `The feature ${from.part} must not import the feature ${to.part}: what both need goes to components or lib.`;
  }
  return undefined;
}

const ui = {
  create(context: RuleContext) {
    const check = (node: Node): void => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      const message = problemOf(context.filename, specifier);
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

export default { meta: { name: 'layers' }, rules: { ui } };
