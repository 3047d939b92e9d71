export interface ParametersOptions {
  readonly config: string;
  readonly namespace: string;
}
