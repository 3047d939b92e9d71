import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chartFiles } from '../../scripts/chart/chart.ts';
import { at, ROOT } from '../installation/shipped.ts';

const read = (file: string): string => readFileSync(path.join(ROOT, 'deploy/chart', file), 'utf8');
const files = await chartFiles();

describe('deploy/chart', () => {
  it.each([...files.keys()])('%s is what deploy/ gives now; else run npm run manifests', (file) => {
    expect(read(file)).toBe(files.get(file));
  });

  it('has the version of the package, for the chart and for the images', () => {
    const version = at(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')), 'version');
    expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version });
  });
});
