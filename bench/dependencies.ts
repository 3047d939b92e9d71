// How long the judgement of a package.json and its lock takes, and that it grows with the size of the lock and no
// faster. `node --import tsx bench/dependencies.ts`
import { judgeNpm } from '../src/dependencies/npm/judge.ts';
import { refuses } from '../src/dependencies/policy.ts';
import { DEFAULT_DEPENDENCY_SETTINGS } from '../src/dependencies/settings.ts';

const DEPENDENCIES = 200;
const SIZES = process.argv[2] === undefined ? [1000, 2000, 4000, 8000, 16_000] : [Number(process.argv[2])];
/** For a warm process on a quiet machine. */
const TARGET = { entries: 8000, milliseconds: 20 };
const WARM_UP = 15;
const RUNS = 41;

const version = (index: number): string => `${1 + (index % 9)}.${index % 30}.${index % 7}`;
/** A digest that differs from entry to entry, as a real one does. */
const integrity = (index: number): string =>
  `sha512-${Buffer.alloc(64, `${index}-${index * 7919}`)
    .toString('base64')
    .slice(0, 86)}==`;

/** A lock as npm writes it: flat, each package asks for about three others, the fields that real ones have. */
function lockOf(entries: number): string {
  const names = Array.from({ length: entries }, (_, index) => `package-${index}`);
  const root = Object.fromEntries(names.slice(0, DEPENDENCIES).map((name, index) => [name, `^${version(index)}`]));
  const packages: Record<string, unknown> = { '': { name: 'function', dependencies: root } };
  for (const [index, name] of names.entries()) {
    // Every package has one that asks for it, so that the walk reaches all of them.
    const children = [1, 2, 3].map((step) => index * 3 + DEPENDENCIES + step - 3).filter((child) => child < entries);
    const others = [(index * 31 + 7) % entries, (index * 17 + 3) % entries];
    const asked = [...children, ...(children.length === 3 ? [] : others)];
    packages[`node_modules/${name}`] = {
      version: version(index),
      resolved: `https://registry.npmjs.org/${name}/-/${name}-${version(index)}.tgz`,
      integrity: integrity(index),
      license: 'MIT',
      dependencies: Object.fromEntries(
        asked.map((child, place) => [`package-${child}`, `${['^', '~', '>='][place % 3]}${version(child)}`]),
      ),
      engines: { node: '>=18' },
    };
  }
  return JSON.stringify({ name: 'function', lockfileVersion: 3, requires: true, packages }, null, 2);
}

function sourceOf(entries: number): ReadonlyMap<string, Uint8Array> {
  const dependencies = Object.fromEntries(
    Array.from({ length: DEPENDENCIES }, (_, index) => [`package-${index}`, `^${version(index)}`]),
  );
  return new Map([
    ['package.json', Buffer.from(JSON.stringify({ dependencies }, null, 2))],
    ['package-lock.json', Buffer.from(lockOf(entries))],
  ]);
}

/** Milliseconds of processor time: other programs on the machine do not count. */
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

console.log(`package.json with ${DEPENDENCIES} dependencies; median of ${RUNS} runs, warm, processor time`);
console.log('entries    lock MB    JSON.parse ms    judged ms    us/entry');
for (const entries of SIZES) {
  const files = sourceOf(entries);
  const lock = files.get('package-lock.json') ?? new Uint8Array();
  const judged: number[] = [];
  const parsed: number[] = [];
  for (let run = 0; run < WARM_UP + RUNS; run += 1) {
    const start = cpu();
    const findings = judgeNpm(files, DEFAULT_DEPENDENCY_SETTINGS);
    const judge = cpu() - start;
    if (findings.some((finding) => refuses('locked', finding))) throw new Error('the lock is not trusted');
    if (run < WARM_UP) continue;
    judged.push(judge);
  }
  // Not by turns with the other: what JSON.parse leaves behind would be swept at the other's cost.
  for (let run = 0; run < WARM_UP + RUNS; run += 1) {
    const start = cpu();
    JSON.parse(new TextDecoder().decode(lock));
    if (run >= WARM_UP) parsed.push(cpu() - start);
  }
  const milliseconds = median(judged);
  console.log(
    [
      String(entries).padEnd(7),
      (lock.byteLength / 1e6).toFixed(2).padStart(11),
      median(parsed).toFixed(1).padStart(17),
      milliseconds.toFixed(1).padStart(13),
      ((milliseconds / entries) * 1000).toFixed(2).padStart(12),
      entries === TARGET.entries ? `    target: ${TARGET.milliseconds} ms` : '',
    ].join(''),
  );
}
