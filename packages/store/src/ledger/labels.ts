/** Labels as the scripts compare them: JSON with sorted names; '' for none. */
export function labelsKey(labels: Record<string, string>): string {
  const names = Object.keys(labels).sort();
  return names.length ? JSON.stringify(Object.fromEntries(names.map((name) => [name, labels[name]]))) : '';
}

/** 'region=eu, gpu=yes' from what labelsKey made. */
export function labelsInWords(key: string): string {
  if (!key) return '';
  return Object.entries(JSON.parse(key) as Record<string, string>)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}
