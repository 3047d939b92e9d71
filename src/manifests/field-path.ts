import type { Path } from './templates.ts';

/**
 * The path that a field of a finding names.
 *
 * @example pathOfField('spec.containers[0].env[1]') // ['spec', 'containers', 0, 'env', 1]
 * @example pathOfField('metadata.annotations[buildless.dev/runtime]') // ['metadata', 'annotations', 'buildless.dev/runtime']
 */
export function pathOfField(field: string): Path {
  const path: (string | number)[] = [];
  for (const [, name, key] of field.matchAll(/([^.[\]]+)|\[([^[\]]*)\]/g)) {
    if (name !== undefined) path.push(name);
    else if (key !== undefined) path.push(/^\d+$/.test(key) ? Number(key) : key);
  }
  return path;
}
