/** A value with the names of all its fields in snake_case, and without the fields that are null. */
export function inSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inSnakeCase);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== null)
    .map(([name, field]) => [snakeName(name), inSnakeCase(field)]);
  return Object.fromEntries(fields);
}

function snakeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
