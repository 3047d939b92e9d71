export interface RegistrationOptions {
  readonly config: string;
  readonly namespace: string;
}
