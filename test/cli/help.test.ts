import { describe, expect, it } from 'vitest';
import { buildless } from './command.ts';

describe('the command', () => {
  it('lists its subcommands', async () => {
    const { status, stdout } = await buildless(['--help']);
    expect(status).toBe(0);
    for (const name of ['inject', 'run', 'serve', 'certs']) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it.each(['inject', 'run', 'serve', 'certs'])('%s has help with an example', async (name) => {
    const { status, stdout } = await buildless([name, '--help']);
    expect(status).toBe(0);
    expect(stdout).toContain(`buildless ${name} `);
    expect(stdout).toMatch(/Examples?:/);
  });

  it.each([
    [['injct'], "unknown command 'injct'"],
    [['inject'], "required option '-f, --filename <path...>' not specified"],
    [['inject', '-f', 'x', '-o', 'xml'], 'Allowed choices are yaml, json, diff'],
    [
      ['serve', '--tls-cert', 'a', '--tls-key', 'b', '--port', '99999'],
      'A port from 0 (any free one) to 65535 is expected',
    ],
    [['certs', '--host', 'x', '--days', 'many'], 'A whole number from 1 to 3650 is expected'],
  ])('%j is wrong input: %s', async (args, message) => {
    const { status, stderr } = await buildless(args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
