import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { bytes } from "@/format/format";
import { Button } from "@/ui/button";
import { hexDump } from "./hex";
import { LongText } from "./long-text";

/** More than anybody reads; more is added when asked. */
const STEP_BYTES = 4_096;

/** Bytes, sixteen a line, with what of them is ASCII. */
export function HexDump({ content }: { content: Uint8Array }) {
  const { t } = useTranslation("bins");
  const [shown, setShown] = useState(STEP_BYTES);
  const text = useMemo(() => hexDump(content.subarray(0, shown)), [content, shown]);
  const rest = content.length - shown;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <LongText key={shown} text={text} label={t("body.hex")} isWrapped={false} />
      {rest > 0 && (
        <Button look="quiet" className="justify-self-center" onClick={() => setShown(shown * 4)}>
          {t("body.moreBytes", { size: bytes(rest) })}
        </Button>
      )}
    </div>
  );
}
