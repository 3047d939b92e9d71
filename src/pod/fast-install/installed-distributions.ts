import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RecordedDistribution, RecordedFile } from '../../installers/python-files.ts';

const INFO = '.dist-info';
/** uv's own, at the top of what it installs into. */
const LOCK_OF_UV = '.lock';

/** Reads what is in a folder of Python packages (PEP 376); or what is wrong in it, as a sentence. */
export function readInstalledDistributions(target: string): readonly RecordedDistribution[] | string {
  const found: RecordedDistribution[] = [];
  for (const folder of readdirSync(target).filter((name) => name.endsWith(INFO))) {
    const textIn = (name: string): string => textOf(path.join(target, folder, name));
    const metadata = headersOf(textIn('METADATA'));
    const [name, version] = [metadata.get('name') ?? '', metadata.get('version') ?? ''];
    if (name === '' || version === '') return `${folder} does not say what it is`;
    const origin = originOf(textIn('direct_url.json'));
    if (origin === null) return `direct_url.json of ${folder} cannot be read`;
    const [installer, record] = [textIn('INSTALLER').trim(), recordOf(textIn('RECORD'))];
    found.push({ folder, name, version, installer, record, ...(origin !== undefined && { origin }) });
  }
  return found;
}

/** Sizes of all files, and of links, by path. */
export function readInstalledFiles(target: string): ReadonlyMap<string, number> {
  const files = new Map<string, number>();
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(path.join(target, folder), { withFileTypes: true })) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(file);
      else if (file !== LOCK_OF_UV) files.set(file, lstatSync(path.join(target, file)).size);
    }
  }
  return files;
}

/** The first of each header; behind an empty line the description begins. */
function headersOf(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    if (line === '') break;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (name !== '' && !/^\s/.test(line) && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

/** Lines of `PATH,HASH,SIZE`, of which only the path may be quoted. */
function recordOf(text: string): ReadonlyMap<string, readonly RecordedFile[]> {
  const record = new Map<string, RecordedFile[]>();
  for (const line of text.split(/\r?\n/)) {
    const last = line.lastIndexOf(',');
    const first = last === -1 ? -1 : line.lastIndexOf(',', last - 1);
    if (first === -1) continue;
    const [written, size] = [line.slice(0, first), line.slice(last + 1)];
    const file = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;
    const lines = record.get(file) ?? [];
    lines.push({ size: /^[0-9]{1,15}$/.test(size) ? Number(size) : undefined, hashed: last > first + 1 });
    record.set(file, lines);
  }
  return record;
}

/** Where it came from if not from an index (packaging.python.org, "Recording the Direct URL Origin"); null if that is not said. */
function originOf(text: string): string | undefined | null {
  if (text === '') return undefined;
  try {
    const content: unknown = JSON.parse(text);
    const url = typeof content === 'object' && content !== null && 'url' in content ? content.url : undefined;
    return typeof url === 'string' ? url : null;
  } catch {
    return null;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
