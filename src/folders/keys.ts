import { pathOfKey } from '../function/files.ts';

/** What the API server takes (k8s.io/apimachinery, IsConfigMapKey); without the slash, which `..` stands for. */
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/**
 * The key of a ConfigMap for a file of a source.
 *
 * @example keyOfPath('lib/deep/x.js') // 'lib..deep..x.js'
 * @returns undefined if no key stands for the file
 */
export function keyOfPath(path: string): string | undefined {
  const key = path.replaceAll('/', '..');
  return KEY.test(key) && !key.startsWith('..') && key !== '.' && pathOfKey(key) === path ? key : undefined;
}
