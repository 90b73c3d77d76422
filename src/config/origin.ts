/** Where a value of a resolved config came from. */
export type Origin =
  | { readonly kind: "file"; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: "environment"; readonly name: string }
  | { readonly kind: "flag"; readonly name: string }
  | { readonly kind: "preset"; readonly name: string }
  | { readonly kind: "default" };

/** "orchestrator.yaml:12:3", "default", "MCBOT__DATA__PATH", "--data". */
export function formatOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "file":
      return `${origin.file}:${origin.line}:${origin.column}`;
    case "environment":
    case "flag":
      return origin.name;
    case "preset":
      return `preset ${origin.name}`;
    case "default":
      return "default";
  }
}
