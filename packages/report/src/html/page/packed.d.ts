export function unpack(packed: string, length: number): (number | null)[];
export function pack(values: readonly (number | null)[]): string;
