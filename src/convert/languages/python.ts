import { addition, type ConvertedDependencies, notWith } from '../added-dependencies.ts';
import { importedModules } from '../imports/python.ts';
import { PREINSTALLED_PYTHON, type Preinstalled } from './preinstalled.ts';
import { changesOfPython } from '../new-api/python.ts';
import type { BodyLimit, ConvertRow } from './row.ts';

const gone = (name: string): ConvertRow['runtimes'][string] => ({
  runtime: 'python312',
  note: `${name} is gone, so the Function gets python312`,
});

const bodyLimit = (name: string, value: string): BodyLimit => ({
  variable: { name, value },
  size: '100 MiB',
  comment: "Kyma's default for the size of a request in Python: 100 MiB.",
});

export const PYTHON: ConvertRow = {
  runtimes: {
    python314: { runtime: 'python314', api: 'http' },
    python312: { runtime: 'python312' },
    python39: gone('python39'),
    python38: gone('python38'),
  },
  files: { handler: 'handler.py', dependencies: 'requirements.txt' },
  completeDependencies: completePython,
  // In bytes for the event API, in megabytes for the other; ours takes `REQ_MB_LIMIT`, as in Node.js.
  bodyLimit: {
    event: bodyLimit('FUNC_MEMFILE_MAX', String(100 * 1024 * 1024)),
    http: bodyLimit('FUNC_BODY_MB_LIMIT', '100'),
  },
  changesForHttp: changesOfPython,
};

function completePython(code: string, declared: string | undefined): ConvertedDependencies {
  const requirements = declared === undefined || declared.trim() === '' ? undefined : declared;
  const names = (requirements ?? '').split('\n').flatMap((line) => {
    const name = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(line)?.[1];
    return name === undefined ? [] : [normalized(name)];
  });
  const wanted = new Map<string, Preinstalled>();
  for (const module of importedModules(code)) {
    const row = ofModule(module);
    if (row !== undefined) wanted.set(row.name, row);
  }
  const candidates = [...wanted.values()].filter(({ name }) => !names.includes(normalized(name)));
  const additions = candidates.filter(notWith([...names, ...candidates.map(({ name }) => name)]));
  const notes = additions.map(addition);
  if (additions.length === 0) return { ...(requirements !== undefined && { text: requirements }), notes };
  const eol = requirements?.includes('\r\n') === true ? '\r\n' : '\n';
  const before = requirements === undefined || requirements.endsWith('\n') ? (requirements ?? '') : requirements + eol;
  return { text: before + additions.map(({ name, version }) => `${name}==${version}${eol}`).join(''), notes };
}

/** PEP 503. */
const normalized = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** The row of the longest prefix: `opentelemetry.sdk.trace` belongs to opentelemetry-sdk. */
function ofModule(module: string): Preinstalled | undefined {
  const parts = module.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const row = PREINSTALLED_PYTHON[parts.slice(0, length).join('.')];
    if (row !== undefined) return row;
  }
  return undefined;
}
