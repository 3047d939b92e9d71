/**
 * A Kubernetes manifest that becomes a template of Helm: fields are replaced by expressions, the rest stays as it is, comments
 * included. Expressions wait behind placeholders until the document is text, as YAML has no place for them.
 */
import { Document, isMap, isScalar, isSeq, parseAllDocuments, Scalar, type Node } from 'yaml';

type Path = readonly (string | number)[];

/** In the lines of an expression: the indentation of the field that they belong to, and one step more. */
const HERE = '@HERE@';
const DEEPER = '@DEEPER@';

const PLACEHOLDER = /^(?<indent> *)(?<before>.*?)CHART_PLACEHOLDER_(?<index>\d+)_(?<after>.*)$/;

export class Template {
  /** What comes around the document. */
  private condition: string | undefined;
  private readonly expressions: (readonly string[])[] = [];

  private constructor(private readonly document: Document) {}

  /** Each document of a file. */
  static all(text: string): readonly Template[] {
    return parseAllDocuments(text).map((document) => {
      if (!(document instanceof Document) || document.errors.length > 0) throw new Error(String(document.errors[0]));
      return new Template(document);
    });
  }

  get kind(): string {
    return String(this.document.get('kind'));
  }

  get name(): string {
    return String(this.document.getIn(['metadata', 'name']));
  }

  has(path: Path): boolean {
    return this.document.hasIn(path);
  }

  /** The value of a field, as JSON has it. */
  at(path: Path): unknown {
    const node = this.document.getIn(path, true) as Node | undefined;
    return node?.toJSON() as unknown;
  }

  /** `field: {{ expression }}`. The field has to be there: a place that moved is a fault of this generator. */
  value(path: Path, expression: string): this {
    this.document.setIn(this.found(path), this.placeholder([`{{ ${expression} }}`]));
    return this;
  }

  /** The field becomes whatever YAML the expression is, on lines of its own. */
  yaml(path: Path, expression: string): this {
    const lines = ['', `${DEEPER}{{- ${expression} | nindent ${DEEPER} }}`];
    this.document.setIn(this.found(path), this.placeholder(lines));
    return this;
  }

  /** Adds lines to the end of a mapping or a list. */
  add(path: Path, lines: readonly string[]): this {
    const node = path.length === 0 ? this.document.contents : this.document.getIn(path, true);
    const placeholder = this.placeholder(lines.map((line) => HERE + line));
    if (isMap(node)) node.set(placeholder, null);
    else if (isSeq(node)) node.add(placeholder);
    else throw new Error(`${this.kind} ${this.name} has no mapping or list at ${path.join('.')}`);
    return this;
  }

  /** `field: value` only if the values have it. */
  optional(path: Path, field: string, expression: string): this {
    const value = [`{{- with ${expression} }}`, `${field}:`, `  {{- toYaml . | nindent ${DEEPER} }}`, '{{- end }}'];
    return this.add(path, value);
  }

  /** Takes fields away; something else names them. */
  remove(path: Path): this {
    this.document.deleteIn(this.found(path));
    return this;
  }

  /** The whole document only if this holds. */
  onlyIf(condition: string): this {
    this.condition = this.condition === undefined ? condition : `and (${this.condition}) (${condition})`;
    return this;
  }

  /** The template. `constants` are texts of the manifest that become expressions wherever they are. */
  toString(constants: Readonly<Record<string, string>>): string {
    const escaped = this.document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: false });
    const lines = escaped
      .replace(/^---\n/, '')
      .replaceAll('{{', '{{ "{{" }}')
      .trimEnd()
      .split('\n')
      .map((line) => this.filled(line));
    const text = Object.entries(constants).reduce((all, [from, to]) => all.replaceAll(from, to), lines.join('\n'));
    return this.condition === undefined ? `${text}\n` : `{{- if ${this.condition} }}\n${text}\n{{- end }}\n`;
  }

  private filled(line: string): string {
    const { indent = '', before = '', index, after = '' } = PLACEHOLDER.exec(line)?.groups ?? {};
    if (index === undefined) return line;
    const [first = '', ...rest] = this.expressions[Number(index)] ?? [];
    if (rest.length === 0 && !first.startsWith(HERE)) return indent + before + first + after;
    const depth: Readonly<Record<string, number>> = { [HERE]: indent.length, [DEEPER]: indent.length + 2 };
    const filled = (text: string): string =>
      text
        .replace(/^(?:@HERE@|@DEEPER@)/, (place) => ' '.repeat(depth[place] ?? 0))
        .replace(/@HERE@|@DEEPER@/g, (place) => String(depth[place] ?? 0));
    // Lines of their own replace the key or the dash that stood for them.
    return first.startsWith(HERE)
      ? [first, ...rest].map(filled).join('\n')
      : [(indent + before).trimEnd(), ...rest.map(filled)].join('\n');
  }

  private placeholder(lines: readonly string[]): Scalar {
    this.expressions.push(lines);
    return new Scalar(`CHART_PLACEHOLDER_${this.expressions.length - 1}_`);
  }

  private found(path: Path): Path {
    if (!this.document.hasIn(path)) throw new Error(`${this.kind} ${this.name} has no ${path.join('.')}`);
    return path;
  }

  /** Each scalar of the document, to be looked at or replaced. */
  scalars(): readonly { readonly path: Path; readonly value: unknown }[] {
    const found: { readonly path: Path; readonly value: unknown }[] = [];
    const walk = (node: unknown, path: Path): void => {
      if (isScalar(node)) found.push({ path, value: node.value });
      else if (isMap(node))
        for (const { key, value } of node.items) walk(value, [...path, String(isScalar(key) ? key.value : key)]);
      else if (isSeq(node))
        node.items.forEach((item, index) => {
          walk(item, [...path, index]);
        });
    };
    walk(this.document.contents, []);
    return found;
  }
}
