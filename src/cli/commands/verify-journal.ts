import { basename, dirname } from "node:path";
import { foldJournal } from "../../live/journal-fold.ts";
import { StateFolder } from "../../live/state-folder.ts";
import { EXIT } from "../exit-codes.ts";
import { UsageError } from "../usage-error.ts";

/** `verify STATE/paper|live`: decides again what a journal holds; exit 12 at the first decision that differs. */
export async function verifyStateFolder(path: string, json: boolean): Promise<void> {
  const mode = basename(path);
  if (mode !== "paper" && mode !== "live")
    throw new UsageError(`${path}: expected the folder paper or live of a state folder`);
  const { decisions, records, divergence, fold } = foldJournal(new StateFolder(dirname(path), mode));
  if (divergence !== null) process.exitCode = EXIT.replayMismatch;
  const differing = divergence === null ? 0 : 1;
  const { slices } = fold.ledger.counts;
  process.stdout.write(
    json
      ? `${JSON.stringify({ schema_version: 1, folder: path, records, slices, decisions, differing, divergence })}\n`
      : divergence === null
        ? `0 of ${decisions} decisions differ\n`
        : `decision ${decisions + 1} differs: ${divergence}\n`,
  );
}
