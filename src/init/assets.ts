import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What `scripts/build.mjs` puts into dist/init: templates, and what is copied for tests and editors. */
function folderOfAssets(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const found = [folder, path.join(folder, 'dist')].find((each) =>
      existsSync(path.join(each, 'init/templates/http/handler.js')),
    );
    if (found !== undefined) return path.join(found, 'init');
    if (folder === path.dirname(folder)) throw new Error('dist/init is missing; build it with npm run build');
  }
}

/** Files below a folder of dist/init, by their paths in it. */
export function assets(folder: string): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const top = path.join(folderOfAssets(), folder);
  const walk = (below: string): void => {
    for (const entry of readdirSync(path.join(top, below), { withFileTypes: true })) {
      const file = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) walk(file);
      else files.set(file, readFileSync(path.join(top, file)));
    }
  };
  walk('');
  return files;
}
