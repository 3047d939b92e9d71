import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { InstalledDistribution } from '../../installers/python-outcome.ts';

const INFO = '.dist-info';

/** Reads what is in a folder of Python packages (PEP 376); or what is wrong in it, as a sentence. */
export function readInstalledDistributions(target: string): readonly InstalledDistribution[] | string {
  const found: InstalledDistribution[] = [];
  for (const folder of readdirSync(target).filter((name) => name.endsWith(INFO))) {
    const metadata = headersOf(path.join(target, folder, 'METADATA'));
    const [name, version] = [metadata.get('name') ?? '', metadata.get('version') ?? ''];
    if (name === '' || version === '') return `${folder} does not say what it is`;
    found.push({ name, version });
  }
  return found;
}

/** The first of each header; behind an empty line the description begins. */
function headersOf(file: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of textOf(file).split(/\r?\n/)) {
    if (line === '') break;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (name !== '' && !/^\s/.test(line) && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
