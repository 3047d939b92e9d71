/** How the recorded cases of Kyma's nodejs26 are started on a server of ours. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { copyBuiltPrograms } from '../conformance/built-programs.ts';
import type { Start } from '../conformance/harness.ts';
import { environmentOf, type OracleProcess, Stub } from './oracle.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/** What the recorded cases run with. */
export interface Surroundings {
  readonly programs: string;
  readonly stub: Stub;
  /** Of Kyma's image. */
  readonly packages: Readonly<Record<string, string>>;
}

/** For the tests of one file, while one runs. */
export function givenSurroundings(): () => Surroundings {
  let built: Awaited<ReturnType<typeof copyBuiltPrograms>> | undefined;
  let stub: Stub | undefined;
  let packages: Surroundings['packages'] = {};
  beforeAll(async () => {
    built = await copyBuiltPrograms('nodejs');
    stub = await Stub.start();
    packages = await imagePackages();
  });
  afterAll(async () => {
    stub?.close();
    await built?.remove();
  });
  return () => {
    if (built === undefined || stub === undefined) throw new Error('no test runs yet');
    return { programs: built.programs, stub, packages };
  };
}

/** Packages of Kyma's image that handlers of the cases load, as the Function's own. */
async function imagePackages(): Promise<Readonly<Record<string, string>>> {
  const api = path.join(ROOT, 'node_modules/@opentelemetry/api');
  const files: Record<string, string> = {
    'node_modules/express/index.js': await readFile(path.join(ROOT, 'dist/pod/nodejs/express.cjs'), 'utf8'),
    'node_modules/@opentelemetry/api/package.json': await readFile(path.join(api, 'package.json'), 'utf8'),
  };
  for (const name of await readdir(path.join(api, 'build/src'), { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    files[`node_modules/@opentelemetry/api/build/src/${name}`] = await readFile(
      path.join(api, 'build/src', name),
      'utf8',
    );
  }
  return files;
}

export const startOfCase = ({ files, env }: OracleProcess, { programs, stub, packages }: Surroundings): Start => ({
  language: 'nodejs',
  programs,
  files: {
    ...files,
    ...(/require\('(express|@opentelemetry)|from '@opentelemetry/.test(Object.values(files).join('\n')) && packages),
  },
  env: environmentOf(stub, env),
});
