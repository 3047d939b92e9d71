import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { get, Runs } from '../run/running-command.ts';

const runs = new Runs();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-places-'));
});
afterEach(() => runs.endAll());
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A manifest as people write it, in which the code begins at line 6. */
const manifestOf = (runtime: string, file: string, code: readonly string[]): string =>
  `apiVersion: v1
kind: ConfigMap
metadata: { name: hello, labels: { buildless.dev/function: hello } }
data:
  ${file}: |
${code.map((line) => `    ${line}`).join('\n')}
---
apiVersion: v1
kind: Pod
metadata:
  name: hello
  labels: { buildless.dev/function: hello }
  annotations: { buildless.dev/runtime: ${runtime} }
spec:
  containers: [{ name: function, image: auto }]
`;

describe('code in a ConfigMap of a manifest', () => {
  it.each([
    [
      'Node.js',
      'nodejs22',
      'handler.js',
      ['exports.main = () => {', "  throw new Error('no');", '};'],
      /at exports\.main \(FILE:7:13\)/,
      ['exports.main = () => {', '', '  const = 1;', '};'],
      /error: \S+: FILE, line 8 \(handler\.js, line 3\): SyntaxError/,
    ],
    [
      'Python',
      'python312',
      'handler.py',
      ['def main(event, context):', "    raise ValueError('no')"],
      /File \\"FILE\\", line 7, in main/,
      ['def main(event, context):', '', '    return ='],
      /error: \S+: FILE, line 8: SyntaxError/,
    ],
  ])('of %s shows errors at their line of the manifest', async (_, runtime, file, throwing, trace, broken, reason) => {
    const manifest = path.join(folder, `${runtime}.yaml`);
    await writeFile(manifest, manifestOf(runtime, file, throwing));
    const command = await runs.run(['-f', manifest, '--port', '0', '--watch']);
    const at = (pattern: RegExp): RegExp => new RegExp(pattern.source.replace('FILE', manifest.replaceAll('.', '\\.')));
    await get(await command.url());
    await command.until(at(trace));
    await writeFile(manifest, manifestOf(runtime, file, broken));
    const [told] = await command.until(at(reason));
    expect(told).not.toContain('/volumes/buildless-app/');
  });
});
