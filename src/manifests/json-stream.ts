/** JSON objects one after the other, as `kubectl` takes them (k8s.io/apimachinery, pkg/util/yaml: YAMLOrJSONDecoder). */

/** Where each part of a string begins: one JSON object each, and last whatever follows them. */
export function splitJsonStream(text: string): readonly number[] {
  const starts = [0];
  let position = endOfSpace(text, 0);
  while (text[position] === '{') {
    const end = endOfObject(text, position);
    const next = end === undefined ? undefined : endOfSpace(text, end);
    if (end === undefined || next === undefined || text[next] !== '{' || !isJson(text.slice(position, end))) break;
    starts.push(next);
    position = next;
  }
  return starts;
}

function endOfSpace(text: string, from: number): number {
  let position = from;
  while (position < text.length && ' \t\r\n\uFEFF'.includes(text.charAt(position))) position += 1;
  return position;
}

/** Counts braces outside of strings; undefined if one is not closed. */
function endOfObject(text: string, from: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let position = from; position < text.length; position += 1) {
    const character = text[position];
    if (quoted) {
      if (character === '\\') position += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return position + 1;
    }
  }
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
