/** What is checked: pages, folders of pages, and folders of modules, of which the string literals count. */
export const ROOTS: readonly string[] = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  'certs',
  'deploy',
  'docs',
  'src',
];

/** Good English that a pattern takes for something else. */
export const ALLOWED: readonly { readonly file: string; readonly words: string; readonly reason: string }[] = [];
