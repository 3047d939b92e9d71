import { readdirSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildless } from '../cli/command.ts';

/**
 * Each Function NAME.yaml has beside it NAME.yaml.converted, the standard output, and NAME.yaml.report, the standard error.
 * UPDATE_GOLDEN=1 writes them again: read the difference.
 */
const folder = path.join(import.meta.dirname, 'golden');
const files = readdirSync(folder);
const inputs = files.filter((file) => file.endsWith('.yaml'));

function expectGolden(file: string, text: string): void {
  const golden = path.join(folder, file);
  if (process.env.UPDATE_GOLDEN === '1' && text !== '') writeFileSync(golden, text);
  expect(existsSync(golden) ? readFileSync(golden, 'utf8') : '').toBe(text);
}

describe('buildless convert, golden files', () => {
  it('have an input each', () => {
    expect(files.filter((file) => !inputs.includes(file.replace(/\.(converted|report)$/, '')))).toEqual([]);
  });

  it.each(inputs)('%s', async (file) => {
    const { status, stdout, stderr } = await buildless(['convert', '-f', file], '', folder);
    expectGolden(`${file}.converted`, stdout);
    expectGolden(`${file}.report`, stderr);
    expect(status).toBe(file.startsWith('refused') ? 1 : 0);
  });

  it('report by line what a handler has to change for the new API, if asked to', async () => {
    const { stdout, stderr } = await buildless(['convert', '--new-api-notes', '-f', 'inline-node.yaml'], '', folder);
    expect(stdout).toBe(readFileSync(path.join(folder, 'inline-node.yaml.converted'), 'utf8'));
    const notes = stderr.split('\n').filter((line) => line.includes('new API'));
    expect(notes[0]).toMatch(/^ {2}new API handler\.js:7: main\(event\) becomes main\(req, res\)$/);
    expect(notes.join('\n')).toContain('handler.js:9: event.data becomes req.body');
  });
});
