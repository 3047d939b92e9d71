import { describe, expect, it } from 'vitest';
import { mirroredImage } from '../../src/kubernetes/mirrored-image.ts';

const REGISTRY = 'mirror.example:5000/path';

describe('the copy of an image in images.registry', () => {
  it.each([
    ['docker.io/library/node:22.1.0-slim', 'library/node:22.1.0-slim'],
    ['node:22.1.0', 'library/node:22.1.0'],
    ['team/node:22.1.0', 'team/node:22.1.0'],
    ['ghcr.io/buildless-dev/toolkit:0.2.0', 'buildless-dev/toolkit:0.2.0'],
    ['localhost/python:3.11.1', 'python:3.11.1'],
    ['registry:443/a/b@sha256:0123', 'a/b@sha256:0123'],
  ])('%s is %s below it', (image, name) => {
    expect(mirroredImage(image, REGISTRY)).toBe(`${REGISTRY}/${name}`);
  });

  it('is the image itself if that is there already', () => {
    const copy = mirroredImage('docker.io/library/node:22.1.0', REGISTRY);
    expect(mirroredImage(copy, REGISTRY)).toBe(copy);
    expect(mirroredImage('mirror.example:5000/pathology/node:1.0', REGISTRY)).toBe(`${REGISTRY}/pathology/node:1.0`);
  });
});
