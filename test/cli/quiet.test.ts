import { describe, expect, it } from 'vitest';
import { buildless } from './command.ts';

const NO_FUNCTION = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

describe('--quiet', () => {
  it.each([[['-q', 'validate', '-f', '-']], [['validate', '-f', '-', '--quiet']]])(
    'leaves notes out, before and after the subcommand: %j',
    async (args) => {
      const { status, stderr } = await buildless(args, NO_FUNCTION);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect((await buildless(['validate', '-f', '-'], NO_FUNCTION)).stderr).toContain('No Functions');
    },
  );

  it('keeps results and errors', async () => {
    const refused = await buildless(['-q', 'inject', '-f', 'examples/floating']);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('error:');
    const missing = await buildless(['-q', 'inject', '-f', 'no-such-file']);
    expect(missing.stderr).toContain('no-such-file');
  });
});
