export interface ExplainOptions {
  readonly output: 'text' | 'json';
}
