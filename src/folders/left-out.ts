/** What of a folder is never part of a Function's source. */

/** Made by tools, or for people and tests. `.buildless` and `buildless_testing` are what `buildless init` copies. */
const FOLDERS: ReadonlySet<string> = new Set([
  '.git',
  'node_modules',
  '.venv',
  'venv',
  '__pycache__',
  '.vscode',
  '.idea',
  '.buildless',
  'buildless_testing',
]);

const FILES: ReadonlySet<string> = new Set(['.gitignore', '.DS_Store']);

/** Names that only a private key or a store of them has. */
const KEY_NAME = /^id_(?:rsa|dsa|ecdsa|ed25519)$|\.(?:p12|pfx|jks|keystore|ppk)$/i;

/** RFC 7468; "BLOCK" is OpenPGP's (RFC 9580). */
const KEY_TEXT = /^-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/m;

export const isLeftOutFolder = (name: string): boolean => FOLDERS.has(name);
export const isLeftOutFile = (name: string): boolean => FILES.has(name) || /\.py[co]$/.test(name);

/** `.env`, `.env.local`, `.envrc`: variables of a developer, which may be secret. */
export const isEnvironmentFile = (name: string): boolean => name.startsWith('.env');

export const isPrivateKey = (name: string, content: () => Uint8Array): boolean =>
  KEY_NAME.test(name) || KEY_TEXT.test(Buffer.from(content()).toString('latin1'));
