/**
 * 32 bits that stand for a package, by FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/). Equal hashes are compared by name
 * afterwards, so that nobody gains by finding some.
 */
export function packageHash(ecosystem: string, name: string): number {
  let hash = 0x811c9dc5;
  for (const text of [ecosystem, '/', name]) {
    for (let index = 0; index < text.length; index += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    }
  }
  // The lowest bits choose the record's place: let the highest ones take part.
  return (hash ^ (hash >>> 15)) >>> 0;
}
