/**
 * What a registry's address of an archive names: `https://HOST/PATH/@scope/name/-/name-1.2.3.tgz`. Every registry that npm
 * works with has this form, as npm's own does.
 */
export function archiveOf(address: string): { readonly name: string; readonly version: string } | undefined {
  if (!/^https?:/i.test(address)) return undefined;
  const [path = ''] = address.split(/[?#]/, 1);
  const decoded = path.replace(/%40/g, '@').replace(/%2f/gi, '/');
  const at = decoded.lastIndexOf('/-/');
  if (at === -1 || !decoded.toLowerCase().endsWith('.tgz')) return undefined;
  const [base = '', scope = ''] = decoded.slice(0, at).split('/').reverse();
  const file = decoded.slice(decoded.lastIndexOf('/') + 1, -'.tgz'.length);
  if (base === '' || !file.startsWith(`${base}-`)) return undefined;
  return { name: scope.startsWith('@') ? `${scope}/${base}` : base, version: file.slice(base.length + 1) };
}
