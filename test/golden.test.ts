import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { injectDocument, type InjectedDocument } from '../src/cli/actions/inject.ts';
import { describe as nameOfDocument } from '../src/cli/actions/input.ts';
import { DEFAULT_CONFIGURATION } from '../src/config/defaults.ts';
import { parseManifests } from '../src/manifests/documents.ts';
import { offlineContext } from '../src/admission/offline.ts';
import { writeYaml } from '../src/manifests/write.ts';
import { formatFinding } from '../src/outcome/finding.ts';

/**
 * Each input NAME.yaml has beside it NAME.yaml.injected, what it becomes, or NAME.yaml.refused, every reason as a person
 * reads it; and NAME.yaml.warnings where there are any. Where an input says "A controller works." one makes what is named and not
 * there. UPDATE_GOLDEN=1 writes them anew: read the difference.
 */
const folder = path.join(import.meta.dirname, 'golden');
const files = readdirSync(folder);
const inputs = files.filter((file) => file.endsWith('.yaml'));
type Kind = 'injected' | 'refused' | 'warnings';

async function inject(text: string, file: string): Promise<readonly InjectedDocument[]> {
  const parsed = parseManifests(text, file);
  if ('findings' in parsed) throw new Error(parsed.findings.map(({ problem }) => problem).join('; '));
  const fromInput = offlineContext(parsed.documents, DEFAULT_CONFIGURATION);
  const { revisions } = fromInput;
  const context =
    revisions !== undefined && text.includes('A controller works.')
      ? { ...fromInput, revisions: { ...revisions, isFollowed: () => true } }
      : fromInput;
  return Promise.all(parsed.documents.map((document) => injectDocument(document, context, 'default')));
}

const lines = (documents: readonly InjectedDocument[], pick: 'refusals' | 'warnings'): string =>
  documents
    .flatMap((item) => item[pick].map((finding) => `${nameOfDocument(item.document)}: ${formatFinding(finding)}\n`))
    .join('');

function expectGolden(file: string, kind: Kind, text: string): void {
  const golden = path.join(folder, `${file}.${kind}`);
  if (process.env.UPDATE_GOLDEN === '1' && text !== '') writeFileSync(golden, text);
  expect(existsSync(golden) ? readFileSync(golden, 'utf8') : '').toBe(text);
}

describe('golden files', () => {
  it('are at least 40 inputs, and none is left over without its input', () => {
    expect(inputs.length).toBeGreaterThanOrEqual(40);
    const unused = files.filter((file) => !inputs.includes(file.replace(/\.(injected|refused|warnings)$/, '')));
    expect(unused).toEqual([]);
  });

  it.each(inputs)('%s', async (file) => {
    const documents = await inject(readFileSync(path.join(folder, file), 'utf8'), file);
    const refusals = lines(documents, 'refusals');
    const output = refusals === '' ? writeYaml(documents.map(({ edited }) => edited)) : '';
    expectGolden(file, 'refused', refusals);
    expectGolden(file, 'warnings', lines(documents, 'warnings'));
    expectGolden(file, 'injected', output);
    expect(file.startsWith('refused-')).toBe(refusals !== '');

    if (output !== '') {
      const again = await inject(output, file);
      expect(writeYaml(again.map(({ edited }) => edited))).toBe(output);
    }
  });
});
