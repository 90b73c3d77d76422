const WIDE = /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}/u;
const ZERO = /\p{Mark}|\u200d|\ufe0f/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const COLOUR = /\x1b\[[0-9;]*m/g;
const CONTROL = /\p{Control}/gu;

/** Columns that `text` takes on a terminal; colour codes take none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(COLOUR, "")) width += columnsOf(character);
  return width;
}

function columnsOf(character: string): number {
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Text from outside (labels, ids, warnings) without control characters, which could move the cursor or recolour it. */
export function plain(text: string): string {
  return text.replace(CONTROL, " ");
}

/** Breaks plain text into lines of at most `width` columns, at spaces where there are some. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((long) => cut(long, width))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (textWidth(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** Pieces of a word that each fit. */
function cut(word: string, width: number): string[] {
  if (textWidth(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const character of word) {
    if (textWidth(piece + character) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece];
}
