/** Whether a text is whole base64, with or without padding and line breaks: what is not, Buffer.from cuts in silence. */
export function isBase64(text: string): boolean {
  const [, digits] = /^([A-Za-z0-9+/_-]*)={0,2}$/.exec(text.replace(/\s+/g, '')) ?? [];
  return digits !== undefined && digits.length % 4 !== 1;
}
