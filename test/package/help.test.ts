import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
/** Scripts of ours that take long or write; the others are other people's programs. */
const OWN = Object.entries(scripts).filter(
  ([name, command]) => command.startsWith('node scripts/') && !['build', 'prepack', 'manifests'].includes(name),
);

it.each(OWN)('npm run %s -- --help prints how it is used, and starts nothing', (name, command) => {
  const [, file = '', ...args] = command.split(' ');
  // Whatever it starts is a program that it does not find.
  const env = { ...process.env, PATH: '/nowhere' };
  for (const flag of ['--help', '-h']) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args, flag], {
      cwd: ROOT,
      env,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`Usage: npm run ${name.split(':')[0] ?? ''}`);
    expect(stdout.split('\n').length).toBeLessThan(25);
  }
});
