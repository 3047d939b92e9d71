export interface ResolveOptions {
  readonly socket: string;
  readonly folder?: string;
  readonly healthPort?: number;
  readonly logLevel: string;
}
