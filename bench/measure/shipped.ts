import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from '../../scripts/bundle.mjs';

/** Imports a source file as it ships, bundled: V8 makes other code of single modules. */
export async function importShipped<Module>(entry: string): Promise<Module> {
  const folder = await mkdtemp(path.join(tmpdir(), 'buildless-bench-'));
  try {
    const outfile = path.join(folder, 'bundle.mjs');
    await build({ ...(await bundleOptions()), entryPoints: [entry], outfile });
    return (await import(pathToFileURL(outfile).href)) as Module;
  } finally {
    await rm(folder, { recursive: true });
  }
}
