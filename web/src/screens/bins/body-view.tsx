// The body of a request: as what it is, as the text that was sent, and as bytes.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { bytesQuery, type CaptureBody, type CaptureDetail } from "@/api/bins";
import { bytes } from "@/format/format";
import { Loaded, Skeleton } from "@/ui/states";
import { type Tab, Tabs } from "@/ui/tabs";
import { HexDump } from "./hex-dump";
import { LongText } from "./long-text";
import { Pairs } from "./pairs";

/** What is larger is downloaded, not looked at. */
const LOOKED_AT_BYTES_MAX = 32_000_000;

interface Props {
  binId: string;
  capture: CaptureDetail;
}

export function BodyView({ binId, capture }: Props) {
  const { t } = useTranslation("bins");
  const { body, bodyBytes } = capture;
  return (
    <section className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
      <h3 className="font-semibold">
        {t("body.title")}{" "}
        <span className="font-normal text-muted">
          {t(`body.kind.${body.kind}`)}
          {bodyBytes > 0 && ` · ${bytes(bodyBytes)}`}
        </span>
      </h3>
      {bodyBytes > 0 && <Tabs label={t("body.title")} tabs={tabs(binId, capture, t)} />}
    </section>
  );
}

function tabs(binId: string, capture: CaptureDetail, t: ReturnType<typeof useTranslation<"bins">>["t"]): Tab[] {
  const { body } = capture;
  const first: Tab[] = [];
  const add = (value: string, label: string, content: React.ReactNode) => {
    const note = body.truncated && <p className="mt-2 text-warn">{t("body.truncated")}</p>;
    first.push({ value, label, content: <>{content}{note}</> });
  };
  if (body.json !== undefined) add("pretty", t("body.pretty"), <LongText text={body.json} label={t("body.pretty")} />);
  if (body.fields) add("fields", t("body.fields"), <Pairs isUntitled title={t("body.fields")} pairs={body.fields} />);
  if (body.parts) add("parts", t("body.parts"), <Parts parts={body.parts} />);
  const raw: Tab = { value: "raw", label: t("body.raw"), content: <Raw binId={binId} capture={capture} /> };
  const hex: Tab = { value: "hex", label: t("body.hex"), content: <Bytes binId={binId} capture={capture} /> };
  return body.kind === "binary" ? [hex, raw] : [...first, raw, hex];
}

function Parts({ parts }: { parts: NonNullable<CaptureBody["parts"]> }) {
  const { t } = useTranslation("bins");
  return (
    <ul className="grid gap-3">
      {parts.map((part, index) => (
        <li key={index} className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-lg border border-line p-3">
          <h4 className="font-medium wrap-anywhere">
            {part.name ?? t("body.noName")}
            {part.filename !== null && <span className="text-muted"> · {t("body.file", { name: part.filename })}</span>}
            <span className="font-normal text-muted"> · {bytes(part.bytes)}</span>
          </h4>
          <Pairs isUntitled title={t("request.headers")} pairs={part.headers} />
          <LongText text={part.text ?? part.hex ?? ""} label={part.name ?? t("body.noName")} isWrapped={part.text !== undefined} />
          {part.truncated && <p className="text-warn">{t("body.partTruncated")}</p>}
        </li>
      ))}
    </ul>
  );
}

/** The body as text, all of it. */
function Raw({ binId, capture }: Props) {
  const { t } = useTranslation("bins");
  const { body } = capture;
  const isWhole = body.text !== undefined && !body.truncated;
  const query = useQuery({ ...bytesQuery(binId, capture.id), enabled: !isWhole && capture.bodyBytes <= LOOKED_AT_BYTES_MAX });
  const decoded = useMemo(() => query.data && new TextDecoder().decode(query.data), [query.data]);
  if (body.text !== undefined && isWhole) return <LongText text={body.text} label={t("body.raw")} />;
  if (capture.bodyBytes > LOOKED_AT_BYTES_MAX) return <p className="text-muted">{t("body.tooLarge")}</p>;
  return (
    <Loaded query={query} waiting={<Skeleton rows={2} />}>
      {() => <LongText text={decoded ?? ""} label={t("body.raw")} />}
    </Loaded>
  );
}

function Bytes({ binId, capture }: Props) {
  const { t } = useTranslation("bins");
  const isLarge = capture.bodyBytes > LOOKED_AT_BYTES_MAX;
  const query = useQuery({ ...bytesQuery(binId, capture.id), enabled: !isLarge });
  if (isLarge) return <p className="text-muted">{t("body.tooLarge")}</p>;
  return (
    <Loaded query={query} waiting={<Skeleton rows={2} />}>
      {(content) => <HexDump content={content} />}
    </Loaded>
  );
}
