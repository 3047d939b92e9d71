/**
 * An address that anybody may read: without user and password.
 *
 * @param fragment in place of its own
 * @returns undefined for what is not an address in the network
 */
export function publicAddress(address: string, fragment?: string): string | undefined {
  if (!/^(?:https?|git\+[a-z]+):/.test(address) || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  url.username = '';
  url.password = '';
  if (fragment !== undefined) url.hash = fragment;
  return url.href;
}
