/**
 * Judges one source of 2,000 packages on the thread of the webhook (dist/judge.mjs), in a new process: `cold.ts KIND`. Prints the
 * milliseconds of CPU of the whole process: start of the thread, its compiler's and collector's threads, and the judgement.
 */
import { pathToFileURL } from 'node:url';
import { basisOf } from '../../src/admission/judgement.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { PUBLIC_REGISTRY } from '../../src/dependencies/npm/registries.ts';
import { digestOf } from '../../src/function/files.ts';
import { createJudge } from '../../src/server/judgement/judge.ts';

const COUNT = 2000;
const [kind = 'sound'] = process.argv.slice(2);

const names = Array.from({ length: COUNT }, (_, index) => `package-${index}`);
const versionOf = (index: number): string => (kind === 'sound' ? '1.0.0' : `1.0.${index}-alpha.${index}`);
const specOf = (index: number): string => (kind === 'ranges' ? `^1.0.${index}-alpha.1` : versionOf(index));
const host = kind === 'faults' ? 'elsewhere.example' : new URL(PUBLIC_REGISTRY).host;
const integrity = kind === 'faults' ? `sha512-?${'A'.repeat(85)}==` : `sha512-${'A'.repeat(86)}==`;

const dependencies = Object.fromEntries(names.map((name, index) => [name, specOf(index)]));
const packages = Object.fromEntries(
  names.map((name, index) => {
    const version = versionOf(index);
    const next = (index + 1) % COUNT;
    return [
      `node_modules/${name}`,
      {
        version,
        resolved: `https://${host}/${name}/-/${name}-${version}.tgz`,
        integrity,
        dependencies: { [names[next] ?? '']: specOf(next) },
      },
    ];
  }),
);
const texts = {
  'package.json': JSON.stringify({ dependencies }),
  'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies }, ...packages } }),
};
const files = new Map(Object.entries(texts).map(([file, text]) => [file, Buffer.from(text)] as const));

const judge = createJudge({
  program: pathToFileURL('dist/judge.mjs'),
  // It was stopped by the clock: the CPU until then is not a figure.
  logger: {
    warn: (...told: readonly unknown[]): void => {
      console.error(...told);
      process.exitCode = 1;
    },
  },
  metrics: { follow: () => undefined, judged: () => undefined },
});
const question = { namespace: 'shop', files, digest: digestOf(files), basis: basisOf(DEFAULT_CONFIGURATION, 'nodejs') };
const before = process.cpuUsage();
await judge.judge(question);
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${(user + system) / 1000}\n`);
await judge.stop();
