import type { OrchestratorSettings } from "../settings.ts";

/**
 * Probability that these settings retire a healthy pod within two years, as text for the run header; "not tabulated" for
 * settings that nobody simulated.
 */
export function falseRetirementRate(_settings: OrchestratorSettings): string {
  return "not tabulated";
}
