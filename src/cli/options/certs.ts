export interface CertsOptions {
  readonly out: string;
  readonly host: readonly string[];
  readonly days: number;
  readonly force?: true;
}
