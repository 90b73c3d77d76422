import { existsSync } from "node:fs";
import { auditPath } from "../../control/control-state.ts";
import { verifyChain } from "../../lib/hash-chain.ts";
import { EXIT } from "../exit-codes.ts";
import { UsageError } from "../usage-error.ts";

/** `journal verify [FILE]`: exit 1 at the first record that is not what was written. */
export function verifyJournal(
  file: string | undefined,
  { stateDir, json }: { stateDir: string; json?: boolean },
): void {
  const path = file ?? auditPath(stateDir);
  if (!existsSync(path)) throw new UsageError(`there is no ${path}`);
  const { records, head, problem, tornBytes } = verifyChain(path);
  if (problem !== null) process.exitCode = EXIT.error;
  if (json === true) {
    process.stdout.write(
      `${JSON.stringify({ schema_version: 1, path, records: records.length, head, problem, torn_bytes: tornBytes })}\n`,
    );
    return;
  }
  const torn =
    tornBytes === 0 ? "" : `; ${tornBytes} bytes of an unfinished record at the end, the next append cuts them off`;
  if (problem === null)
    process.stdout.write(`${path}: ${records.length} records, the chain holds, head ${head}${torn}\n`);
  else
    process.stderr.write(
      `error: ${path}:${problem.line}: ${problem.message} (${problem.code}); ${records.length} records before it are sound${torn}\n`,
    );
}
