/** What a WebSocket's address asks for. */
export interface StreamUrl {
  readonly topics: readonly string[];
  /** Of the user stream. */
  readonly listenKey: string | null;
  /** Messages come as {"stream": …, "data": …}. */
  readonly combined: boolean;
}

/** Reads /ws, /ws/TOPIC, /ws/LISTENKEY, /stream?streams=TOPIC/TOPIC and …/ws?listenKey=KEY, behind any prefix. */
export function readStreamUrl(url: string): StreamUrl {
  const { pathname, searchParams } = new URL(url, "ws://127.0.0.1");
  const last = pathname.split("/").at(-1) ?? "";
  const isKey = /^[0-9a-f]{64}$/.test(last);
  const listed = searchParams.get("streams")?.split("/") ?? [];
  return {
    topics: [...(last.includes("@") ? [last] : []), ...listed],
    listenKey: searchParams.get("listenKey") ?? (isKey ? last : null),
    combined: last === "stream",
  };
}
