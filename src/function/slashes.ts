/** Without the slashes at its end. Linear, where an expression like `/+$` tries again from each slash of the text. */
export function withoutEndingSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path.charAt(end - 1) === '/') end -= 1;
  return path.slice(0, end);
}

/** Without the slashes at its beginning, and a dot before them. */
export function withoutLeadingSlashes(path: string): string {
  let start = path.startsWith('./') ? 1 : 0;
  while (path.charAt(start) === '/') start += 1;
  return path.slice(start);
}
