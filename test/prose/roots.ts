/** What is checked: pages, folders of pages, and folders of modules, of which the string literals count. */
export const ROOTS: readonly string[] = [
  'README.md',
  'SECURITY.md',
  'docs/command.md',
  'docs/dependency-policy-npm.md',
  'docs/dependency-policy-python.md',
  'docs/dependency-policy.md',
  'docs/functions.md',
  'docs/installers.md',
  'docs/moving-from-kyma.md',
  'docs/outcomes.md',
  'docs/performance.md',
  'docs/revisions.md',
  'docs/run.md',
  'docs/tutorial.md',
  'src/outcome',
];

/** Good English that a pattern takes for something else. */
export const ALLOWED: readonly { readonly file: string; readonly words: string; readonly reason: string }[] = [];
