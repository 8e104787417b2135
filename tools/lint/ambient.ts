/**
 * Two lint rules that oxlint has no setting for: the clock read through `Date`, and `import()`. Loaded as a plugin by
 * `.oxlintrc.json`, which says where each holds.
 */

interface Node {
  readonly type: string;
  readonly name?: string;
  readonly callee?: Node;
  readonly object?: Node;
  readonly property?: Node;
  readonly arguments?: readonly Node[];
}

interface RuleContext {
  report(problem: { node: Node; message: string }): void;
}

function isIdentifier(node: Node | undefined, name: string): boolean {
  return node?.type === 'Identifier' && node.name === name;
}

/** `Date.now`, `Date()` and `new Date()`; a `Date` made from a given instant is fine. */
const noAmbientClock = {
  create(context: RuleContext) {
    const message = 'The clock comes from the host: host.now().';
    return {
      NewExpression(node: Node) {
        if (isIdentifier(node.callee, 'Date') && node.arguments?.length === 0) context.report({ node, message });
      },
      CallExpression(node: Node) {
        if (isIdentifier(node.callee, 'Date')) context.report({ node, message });
      },
      MemberExpression(node: Node) {
        if (isIdentifier(node.object, 'Date') && isIdentifier(node.property, 'now')) context.report({ node, message });
      },
    };
  },
};

/** `import()`: what a pure package may load is decided by its static imports. */
const noDynamicImport = {
  create(context: RuleContext) {
    return {
      ImportExpression(node: Node) {
        context.report({ node, message: 'Static imports only: they are what the purity rule reads.' });
      },
    };
  },
};

export default {
  meta: { name: 'perdure' },
  rules: { 'no-ambient-clock': noAmbientClock, 'no-dynamic-import': noDynamicImport },
};
