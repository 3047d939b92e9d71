/** Addresses of Python indexes, from wherever uv and pip may have them: variables, files of settings, and the requirements. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { addressesIn } from './resolver.ts';
import type { ToolContext } from './tool-context.ts';

const PUBLIC_INDEX = 'https://pypi.org/simple';
const DEFAULTS = ['UV_DEFAULT_INDEX', 'UV_INDEX_URL', 'PIP_INDEX_URL'];
const VARIABLES = [...DEFAULTS, 'UV_INDEX', 'UV_EXTRA_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_PROXY'];

export async function indexesOf(
  folder: string,
  { environment }: Pick<ToolContext, 'environment'>,
): Promise<readonly string[]> {
  const { HOME: home = '/', XDG_CONFIG_HOME: config = path.join(home, '.config') } = environment;
  const settings = [
    ...['/etc/pip.conf', '/etc/uv/uv.toml', path.join(home, '.pip/pip.conf')],
    ...[path.join(config, 'pip/pip.conf'), path.join(config, 'uv/uv.toml')],
    ...['PIP_CONFIG_FILE', 'UV_CONFIG_FILE'].flatMap((name) => environment[name] ?? []),
    ...(await readdir(folder)).filter((name) => name.endsWith('.txt')).map((name) => path.join(folder, name)),
  ];
  const texts = await Promise.all(settings.map((file) => readFile(file, 'utf8').catch(() => '')));
  const found = [...VARIABLES.map((name) => environment[name] ?? ''), ...texts].flatMap(addressesIn);
  return DEFAULTS.some((name) => environment[name] !== undefined) ? found : [...found, PUBLIC_INDEX];
}
