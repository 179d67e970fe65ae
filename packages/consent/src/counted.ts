/** `1 user`, `200 requests/s`. */
export function counted(count: number, unit: string): string {
  const [one, per] = unit.split('/');
  return `${count} ${one}${count === 1 ? '' : 's'}${per ? `/${per}` : ''}`;
}
