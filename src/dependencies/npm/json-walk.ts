import { jsonTokenAt } from './json-tokens.ts';

/** Where a value of a JSON text stands, and its children's; offsets are in UTF-16 code units. */
export interface JsonNode {
  /** Of the property's name; of the value where it has none. */
  readonly key: number;
  readonly value: number;
  readonly children: ReadonlyMap<string, JsonNode>;
  /** Names that the object has more than once, at the second and later places. */
  readonly duplicates: readonly { readonly name: string; readonly offset: number }[];
}

/** The first place at which a string is not JSON. */
export interface JsonFault {
  readonly offset: number;
  readonly problem: string;
}

type Expecting = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end' | 'nothing';

const MISSING: Readonly<Record<Expecting, string>> = {
  value: 'a value is missing here',
  'value or end': 'a value or "]" is missing here',
  name: 'a name in double quotes is missing here, and a comma must not stand before "}"',
  'name or end': 'a name in double quotes or "}" is missing here',
  colon: 'a ":" is missing here',
  'comma or end': 'a "," is missing here',
  nothing: 'the file goes on after its end',
};

/** An object or list that is not closed yet. */
interface Level {
  readonly children: Map<string, JsonNode>;
  readonly duplicates: { readonly name: string; readonly offset: number }[];
  readonly isObject: boolean;
}

/** Most values have none. */
const NO_CHILDREN: ReadonlyMap<string, JsonNode> = new Map();
const NO_DUPLICATES: JsonNode['duplicates'] = [];

/**
 * Finds the place of every name and value of a JSON text. One pass without recursion, so that neither the nesting nor
 * the length of a hostile text costs more than its size.
 *
 * @param depth levels of names to keep; deeper ones are only checked
 */
export function walkJson(text: string, depth: number): JsonNode | JsonFault {
  const levels: Level[] = [];
  let root: JsonNode | undefined;
  let expecting: Expecting = 'value';
  let key: { readonly name: string; readonly offset: number } | undefined;

  const keep = (offset: number, inside?: Level): void => {
    const { children = NO_CHILDREN, duplicates = NO_DUPLICATES } = inside ?? {};
    const node: JsonNode = { key: key?.offset ?? offset, value: offset, children, duplicates };
    root ??= node;
    if (key !== undefined && levels.length <= depth) levels.at(-1)?.children.set(key.name, node);
    key = undefined;
  };

  for (let from = 0; ;) {
    const token = jsonTokenAt(text, from);
    const { type, offset } = token;
    const level = levels.at(-1);
    const unexpected = (): JsonFault => ({ offset, problem: token.problem ?? MISSING[expecting] });
    from = token.end;
    if (type === 'end') {
      return expecting === 'nothing' && root !== undefined ? root : { offset, problem: 'the file ends too early' };
    }
    if (type === ',' || type === ':') {
      if (expecting !== (type === ',' ? 'comma or end' : 'colon')) return unexpected();
      expecting = type === ',' && level?.isObject === true ? 'name' : 'value';
    } else if (type === '}' || type === ']') {
      const open: Expecting = type === '}' ? 'name or end' : 'value or end';
      const fits = level?.isObject === (type === '}') && (expecting === open || expecting === 'comma or end');
      if (!fits) return unexpected();
      levels.pop();
      expecting = levels.length === 0 ? 'nothing' : 'comma or end';
    } else if (type === 'string' && level !== undefined && (expecting === 'name' || expecting === 'name or end')) {
      const written = text.slice(offset + 1, token.end - 1);
      const name = written.includes('\\') ? String(JSON.parse(`"${written}"`)) : written;
      if (level.children.has(name)) level.duplicates.push({ name, offset });
      key = { name, offset };
      expecting = 'colon';
    } else {
      if (type === 'fault' || (expecting !== 'value' && expecting !== 'value or end')) return unexpected();
      if (type === '{' || type === '[') {
        const inside: Level = { children: new Map(), duplicates: [], isObject: type === '{' };
        keep(offset, inside);
        levels.push(inside);
        expecting = type === '{' ? 'name or end' : 'value or end';
      } else {
        keep(offset);
        expecting = levels.length === 0 ? 'nothing' : 'comma or end';
      }
    }
  }
}
