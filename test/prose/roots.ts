/** What is checked: pages, folders of pages, and folders of modules in TypeScript, JavaScript and Python, of which the strings count. */
export const ROOTS: readonly string[] = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'README.md',
  'SECURITY.md',
  'bench',
  'certs',
  'deploy',
  'docs',
  'scripts',
  'src',
];

/** Good English that a pattern takes for something else. */
export const ALLOWED: readonly { readonly file: string; readonly words: string; readonly reason: string }[] = [];
