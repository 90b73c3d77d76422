/** One CSV line (RFC 4180: comma, quotes where needed; ends with LF). Null and undefined are empty fields. */
export function csvLine(fields: readonly (string | number | null | undefined)[]): string {
  let line = csvField(fields[0]);
  for (let i = 1; i < fields.length; i++) line += `,${csvField(fields[i])}`;
  return `${line}\n`;
}

function csvField(field: string | number | null | undefined): string {
  if (field === null || field === undefined) return "";
  if (typeof field === "number") return String(field);
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
