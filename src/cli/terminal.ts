import type { ReportStyle } from "../reporting/pen.ts";

/** Whether `stream` takes colour: a terminal, unless NO_COLOR says otherwise. */
export function wantsColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
}

/** Columns of a terminal; elsewhere those that COLUMNS names, else 80. */
export function terminalWidth(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): number {
  if (stream.isTTY === true && stream.columns > 0) return stream.columns;
  const wanted = Number(env.COLUMNS);
  return Number.isInteger(wanted) && wanted > 0 ? wanted : 80;
}

/** What text for people on `stream` may look like. */
export function styleOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): ReportStyle {
  return { width: terminalWidth(stream, env), color: wantsColor(stream, env), unicode: true };
}
