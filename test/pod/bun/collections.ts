import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BUN_OPTIONS } from '../../../src/function/toolkit.ts';

export interface Collections {
  /** For the process of a server. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether the server has asked the collector by now. */
  readonly wereAsked: () => boolean;
}

/** Notes whether a server asks Bun's collector whether a call has ended. */
export async function watchCollections(folder: string, name: string): Promise<Collections> {
  const mark = path.join(folder, `${name}.asked`);
  const preload = path.join(folder, `${name}.cjs`);
  await writeFile(
    preload,
    `const { gc } = Bun;
Object.defineProperty(Bun, 'gc', { value(now) { require('node:fs').writeFileSync(${JSON.stringify(mark)}, ''); return gc(now); } });`,
  );
  return {
    env: { BUN_OPTIONS: [...BUN_OPTIONS, `--preload=${preload}`].join(' ') },
    wereAsked: () => existsSync(mark),
  };
}
