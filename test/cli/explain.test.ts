import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../../src/outcome/described.ts';
import { buildless } from './command.ts';

describe('explain', () => {
  it('tells cause and cure of a code, also as a message shows it', async () => {
    for (const code of ['dependencies-float', '[dependencies-float]']) {
      const { status, stdout } = await buildless(['explain', code]);
      expect(status).toBe(0);
      expect(stdout).toMatch(/^dependencies-float \(refused\)\n {2}.+\n {2}-> .+\n/);
    }
  });

  it('lists all codes for a pipeline', async () => {
    const { stdout } = await buildless(['explain', '-o', 'json']);
    expect(JSON.parse(stdout)).toHaveLength(OUTCOMES.length);
  });

  it('suggests the nearest code for a typing error', async () => {
    const { status, stdout, stderr } = await buildless(['explain', 'dependencies-flaot']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      'error: unknown code "dependencies-flaot"\n       did you mean dependencies-float? "buildless explain" lists them all\n',
    );
  });
});
