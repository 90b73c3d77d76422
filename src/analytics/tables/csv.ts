/** One CSV line (RFC 4180: comma, quotes where needed; ends with LF). Null and undefined are empty fields. */
export function csvLine(fields: readonly (string | number | null | undefined)[]): string {
  return `${fields.map(csvField).join(",")}\n`;
}

function csvField(field: string | number | null | undefined): string {
  if (field === null || field === undefined) return "";
  const text = String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
