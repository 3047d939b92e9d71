/** What must not be printed of the address of an index: its password, or a user that stands for one. */
export function credentialsOf(url: string | undefined): readonly string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { username, password } = new URL(url);
  return [password, decoded(password), password === '' ? username : ''].filter((text) => text !== '');
}

/** A percent sign that encodes nothing stays what it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
