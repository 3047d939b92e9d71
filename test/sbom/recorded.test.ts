import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from 'vitest';
import { cycloneDx } from '../../src/sbom/cyclone-dx.ts';
import { spdx } from '../../src/sbom/spdx.ts';
import { RECORDED_BILL } from './recorded-bill.ts';

describe('a bill of a revision that recorded what registries said', () => {
  it('has publication time, integrity, provenance and publisher as properties, in valid CycloneDX', async () => {
    const text = JSON.stringify(cycloneDx(RECORDED_BILL));
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
    expect(JSON.parse(text)).toMatchObject({
      components: [
        {
          name: 'axios',
          properties: [
            { name: 'buildless:published', value: '2026-03-31T00:21:58.168Z' },
            { name: 'buildless:registry-integrity', value: 'same' },
            { name: 'buildless:provenance', value: 'attested' },
            { name: 'buildless:publisher', value: 'trusted:github' },
          ],
        },
        { name: 'old', properties: [{ name: 'buildless:provenance', value: 'none' }] },
        expect.not.objectContaining({ properties: expect.anything() as unknown }),
      ],
    });
  });

  it('has the publication time as its release date in SPDX, and the rest as a comment', () => {
    expect(spdx(RECORDED_BILL, new Date(0))).toMatchObject({
      packages: [
        {},
        {
          releaseDate: '2026-03-31T00:21:58Z',
          comment: expect.stringContaining(
            'buildless:provenance=attested\nbuildless:publisher=trusted:github',
          ) as string,
        },
        { comment: 'buildless:provenance=none' },
        expect.not.objectContaining({ comment: expect.anything() as unknown }),
      ],
    });
  });
});
