import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** What the installer itself has to know of the `.npmrc` files that npm reads. */
export interface RegistrySettings {
  /** Where packages without a scope come from. */
  readonly registry: string;
  /** What must not be printed. */
  readonly secrets: readonly string[];
}

const DEFAULT_REGISTRY = 'https://registry.npmjs.org/';
const CREDENTIAL = /^(?:.*:)?_(authToken|auth|password)$/i;

/**
 * Reads `.npmrc` files (docs.npmjs.com/cli/configuring-npm/npmrc); the first that names a registry counts.
 *
 * @param files the strongest first; those that do not exist are passed over
 */
export async function readRegistrySettings(
  files: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<RegistrySettings> {
  const secrets: string[] = Object.values(environment).flatMap(credentialsOfUrl);
  const chosen = environment.npm_config_registry ?? environment.NPM_CONFIG_REGISTRY;
  const registries = chosen === undefined ? [] : [chosen];
  for (const { key, value } of await readNpmrcFiles(files)) {
    const kind = CREDENTIAL.exec(key)?.[1]?.toLowerCase();
    if (kind !== undefined) secrets.push(...secretsOf(kind, value));
    secrets.push(...credentialsOfUrl(value));
    if (key === 'registry') registries.push(value);
  }
  return { registry: registries[0] ?? DEFAULT_REGISTRY, secrets };
}

interface NpmrcLine {
  readonly key: string;
  /** Without quotes; empty for a key alone, which means true. */
  readonly value: string;
}

/** The lines of `.npmrc` files that set something; files that do not exist are passed over. */
export async function readNpmrcFiles(files: readonly string[]): Promise<readonly NpmrcLine[]> {
  const lines: NpmrcLine[] = [];
  for (const file of files.filter((name) => existsSync(name))) {
    for (const line of (await readFile(file, 'utf8')).split(/\r?\n/)) {
      const found = /^\s*([^;#=\s][^=]*?)\s*(?:=\s*(.*?)\s*)?$/.exec(line);
      if (found === null) continue;
      const [, key = '', quoted = ''] = found;
      lines.push({ key, value: quoted.replace(/^(["'])(.*)\1$/, '$2') });
    }
  }
  return lines;
}

/** npm keeps a password, and `user:password`, in base64. */
function secretsOf(kind: string, value: string): string[] {
  if (kind === 'authtoken') return [value];
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  return kind === 'auth' ? [value, decoded, decoded.slice(decoded.indexOf(':') + 1)] : [value, decoded];
}

function credentialsOfUrl(value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { username, password } = new URL(value);
  if (password !== '') return [password, decodeURIComponent(password)];
  return username === '' ? [] : [username];
}
