/** What parts a multipart body, by its Content-Type; null where that names nothing. */
export function boundaryOf(type: string): string | null {
  const [, quoted, plain] = /^multipart\/.*;\s*boundary=(?:"([^"]+)"|([^\s;",]+))/i.exec(type) ?? [];
  return quoted ?? plain ?? null;
}
