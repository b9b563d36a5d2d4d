/** Which requests of a bin are listed. */
export interface CaptureFilter {
  text: string;
  method: string;
  verified: "" | "true" | "false";
  duplicate: "" | "true" | "false";
}

export const NO_FILTER: CaptureFilter = { text: "", method: "", verified: "", duplicate: "" };
