import { describe, expect } from 'vitest';
import { apply, installWithRegistry, isChecked, pinning, untilEvent, verdict } from './compared-source.ts';
import { source } from './functions.ts';
import { given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, kubectl } from './kubectl.ts';
import { edit, stamped, stampOf } from './revisions.ts';

/** The test chooses the licences. */
const install = () => installWithRegistry('dependencies: {licences: {refused: [GPL-3.0-only], unknown: warn}}\n');

describe('a package with a refused licence', () => {
  const registry = given(install);

  it('is not rolled out if only the registry tells: the revision that runs stays, until a good edit', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const files = (version: string, license: string) =>
      pinning(registry(), 'edited', version, { license }, { license: 'MIT' });
    await apply(registry(), namespace, files('1.0.0', 'MIT'));
    await verdict(namespace, isChecked);
    const before = await stampOf(namespace, 'hello');
    await edit(namespace, 'hello', files('1.0.1', 'GPL-3.0-only'));
    expect(await untilEvent(namespace, 'SourceRefused')).toMatch(
      /edited" 1\.0\.1 has the licence GPL-3\.0-only.*\[licence-refused\]/s,
    );
    expect(await stampOf(namespace, 'hello')).toEqual(before);
    await edit(namespace, 'hello', files('1.0.2', 'Apache-2.0'));
    await stamped(namespace, 'hello', (text) => text !== before.text);
  });

  it('is refused by the webhook if the lock tells, with who asks for it', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const data = pinning(registry(), 'told', '1.0.0', {}, { license: 'GPL-3.0-only' });
    const { stderr } = await kubectl(['create', '-n', namespace, '-f', '-'], { ...source('hello', {}), data });
    expect(stderr).toContain('"told" 1.0.0 has the licence GPL-3.0-only, which this cluster refuses');
    expect(stderr).toContain('it comes with package.json > told@1.0.0');
    expect(stderr).toContain('[licence-refused]');
  });

  it('that nobody knows is rolled out with an Event, as the configuration says', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(registry(), namespace, pinning(registry(), 'silent', '1.0.0', {}));
    await verdict(namespace, isChecked);
    expect(await untilEvent(namespace, 'LicenceUnknown')).toContain('silent');
  });
});
