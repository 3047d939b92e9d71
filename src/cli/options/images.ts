export const IMAGE_FORMS = ['table', 'json', 'yaml'] as const;

export interface ImagesOptions {
  readonly config?: string;
  readonly output: (typeof IMAGE_FORMS)[number];
}
