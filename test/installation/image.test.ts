import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { IMAGE_NAMES } from '../../scripts/image/build.mjs';
import { PATHS } from '../../src/function/keys.ts';
import { RUNTIMES } from '../../src/function/runtimes.ts';
import { PREPARE_COMMAND } from '../../src/function/toolkit.ts';
import { ROOT } from './shipped.ts';

const dockerfile = readFileSync(path.join(ROOT, 'deploy/Dockerfile'), 'utf8');

describe('deploy/Dockerfile', () => {
  const stages = new Map(
    dockerfile.split(/^FROM /m).map((text) => [/^.* AS (\S+)$/m.exec(text)?.[1] ?? '', text] as const),
  );

  it('makes two images of nothing but our parts, run by a user without rights', () => {
    expect(stages.get('base')).toMatch(/^scratch AS base$/m);
    expect(stages.get('base')).toMatch(/^USER 65532:65532$/m);
    for (const name of ['base', ...IMAGE_NAMES]) expect(stages.get(name)).not.toMatch(/^RUN /m);
    for (const name of IMAGE_NAMES) expect(stages.get(name)).toContain(`base AS ${name}\n`);
  });

  it('starts in each image what manifests and Pods start', () => {
    expect(stages.get('toolkit')).toContain(`ENTRYPOINT ${JSON.stringify(PREPARE_COMMAND).replaceAll(',', ', ')}`);
    expect(stages.get('toolkit')).toContain(`COPY --from=dist /src/dist/pod/ ${PATHS.toolkit}/pod/`);
    expect(stages.get('buildless')).toContain(`ENTRYPOINT ["/usr/bin/node", "${PATHS.toolkit}/buildless.mjs"]`);
    expect(stages.get('buildless')).toContain(`COPY --from=dist /src/dist/ ${PATHS.toolkit}/`);
  });

  it('takes the Node.js and each Python that is also a runtime, and no image that floats', () => {
    const images = Array.from(dockerfile.matchAll(/^FROM (?:--platform=\S+ )?(\S+:\S+)/gm), ([, image]) => image);
    const version = /:(\d+\.\d+\.\d+)/.exec(RUNTIMES.nodejs24?.image ?? '')?.[1] ?? '';
    const pythons = Object.values(RUNTIMES).filter(({ language }) => language === 'python');
    expect(images).toEqual([
      `docker.io/library/node:${version}-bookworm`,
      `docker.io/library/node:${version}-bookworm-slim`,
      ...pythons.map(({ image }) => image),
    ]);
  });
});

describe('bytecode of the Python server in deploy/Dockerfile', () => {
  it.each(Object.entries(RUNTIMES).filter(([, { language }]) => language === 'python'))(
    'is made by the image of %s, at the path that Pods have, and goes where Pods copy it from',
    (name, { image }) => {
      const stage = dockerfile.split(/^FROM /m).find((text) => text.includes(`${image} AS ${name}\n`)) ?? '';
      expect(stage).toContain(`COPY --from=dist /src/dist/pod/python/ ${PATHS.runtime}/\n`);
      expect(stage).toContain(`RUN python3 /compile-python.py ${PATHS.runtime}\n`);
      expect(dockerfile).toContain(
        `COPY --from=${name} ${PATHS.runtime}/compiled/ ${PATHS.toolkit}/pod/python/compiled/\n`,
      );
    },
  );
});
