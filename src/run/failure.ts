/** Why a Function does not run here: what a person wrote, or what one of its programs met. */
export interface RunFailure {
  readonly kind: 'wrong-input' | 'failed';
  readonly problem: string;
  readonly fix?: string;
}

export const isFailure = (value: unknown): value is RunFailure =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  (value.kind === 'wrong-input' || value.kind === 'failed') &&
  'problem' in value &&
  typeof value.problem === 'string';
