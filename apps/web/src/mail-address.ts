/** Whether a text is one plain mail address: no names, no lists, nothing that a mail header could be broken with. */
export function isMailAddress(text: string): boolean {
  return (
    text.length <= 254 && /^[^\s@,;:<>()"\\[\]]{1,64}@[^\s@,;:<>()"\\[\]]+\.[^\s@,;:<>()"\\[\].]+$/.test(text)
  );
}
