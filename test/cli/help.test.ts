import { describe, expect, it } from 'vitest';
import { buildless, ROOT } from './command.ts';

const SUBCOMMANDS = [
  'init',
  'inject',
  'validate',
  'lock',
  'outdated',
  'update',
  'run',
  'manifest',
  'invoke',
  'logs',
  'convert',
  'serve',
  'control',
  'certs',
  'status',
  'history',
  'sbom',
  'doctor',
  'images',
  'parameters',
  'registration',
  'explain',
  'schema',
  'completion',
  'version',
  'uninstall',
];

describe('the command', () => {
  it('lists its subcommands, by what they work on', async () => {
    const { status, stdout } = await buildless(['--help']);
    expect(status).toBe(0);
    for (const name of SUBCOMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    const groups = [...stdout.matchAll(/^(\S.*):\n((?: {2}.*\n)+)/gm)].map(([, heading = '', lines = '']) => [
      heading,
      [...lines.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name),
    ]);
    expect(Object.fromEntries(groups)).toMatchObject({
      'Functions in a cluster': ['status', 'history', 'sbom', 'logs', 'invoke'],
      Reference: ['explain', 'schema', 'completion', 'help'],
    });
    expect(groups.flatMap(([heading]) => heading)).not.toContain('Commands');
  });

  it.each(SUBCOMMANDS)('%s has help with an example', async (name) => {
    const { status, stdout } = await buildless([name, '--help']);
    expect(status).toBe(0);
    expect(stdout).toContain(`buildless ${name} `);
    expect(stdout).toMatch(/Examples?:/);
  });

  it('writes no colours into a pipe, in a CI neither', async () => {
    const { stdout, stderr } = await buildless(['validate', '-f', 'examples/floating'], '', ROOT, {
      ...process.env,
      CI: 'true',
    });
    expect(stdout + stderr).toContain('1 error, 0 warnings');
    expect(stdout + stderr).not.toContain('\u001B');
  });

  it.each([
    [['injct'], "unknown command 'injct'"],
    [['inject'], 'give a file, a folder or "-" with -f, --filename'],
    [['inject', '--outptu', 'json'], '(Did you mean --output?)'],
    [['validate', '--lvel', 'exact'], '(Did you mean --level?)'],
    [['inject', '-f', 'x', '-o', 'xml'], 'Allowed choices are yaml, json, diff'],
    [
      ['serve', '--tls-cert', 'a', '--tls-key', 'b', '--port', '99999'],
      'Expected a port from 0 (any free one) to 65535',
    ],
    [['serve', '--certificate-lifetime', 'long'], 'Expected a duration such as 90s, 15m, 24h or 365d'],
    [['serve', '--tls-cert', 'a'], '--tls-cert is given without --tls-key'],
    [
      ['serve', '--tls-cert', 'a', '--tls-key', 'b', '--client-name', 'c'],
      '--client-name is given without --client-ca',
    ],
    [['serve'], 'a certificate is missing, and so is a namespace to keep a CA in'],
    [['doctor', '--kubeconfig', 'none'], 'the kubeconfig none cannot be read'],
    [['uninstall', '--kubeconfig', 'none'], 'the kubeconfig none cannot be read'],
    [['certs', '--host', 'x', '--days', 'many'], 'Expected an integer from 1 to 3650'],
  ])('%j is wrong input: %s', async (args, message) => {
    const { status, stderr } = await buildless(args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
