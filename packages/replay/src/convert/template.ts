/** A text inside of a template of the written script. */
export function literal(text: string): string {
  return text
    .replace(/[`\\]|\$\{/g, '\\$&')
    .replaceAll('\r', '\\r') // a template's own CRLF would be read as LF
    .replaceAll('\n', '\\n');
}

export function isTemplate(text: string): boolean {
  return text.includes('${');
}
