/** Something is wrong with a recording; nothing of it was used. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";

  /** @param line from 1; null when the file as a whole is meant. */
  constructor(file: string, line: number | null, message: string) {
    super(line === null ? `${file}: ${message}` : `${file}:${line}: ${message}`);
  }
}
