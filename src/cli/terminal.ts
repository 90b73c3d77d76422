import type { ReportStyle } from "../reporting/pen.ts";

/** Whether `stream` takes colour: a terminal, unless NO_COLOR says otherwise. */
export function wantsColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
}

/** Columns of stdout; 80 where there is no terminal. */
export function terminalWidth(stream: NodeJS.WriteStream): number {
  return stream.isTTY === true && stream.columns > 0 ? stream.columns : 80;
}

/** What text for people on `stream` may look like. */
export function styleOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): ReportStyle {
  return { width: terminalWidth(stream), color: wantsColor(stream, env), unicode: true };
}
