import { useTranslation } from "react-i18next";
import type { Bin } from "@/api/bins";
import { CopyButton } from "@/ui/copy";

/** Where to send, and a command that does. */
export function BinAddress({ bin }: { bin: Bin }) {
  const { t } = useTranslation("bins");
  const command = `curl '${bin.url}/hello' -H 'content-type: application/json' -d '{"hello": "world"}'`;
  return (
    <section aria-label={t("address.title")} className="grid gap-px overflow-hidden rounded-box border border-line bg-line">
      <Line name={t("address.url")} text={bin.url} copy={t("address.copyUrl")} isStrong />
      <Line name={t("address.try")} text={command} copy={t("address.copyCommand")} />
    </section>
  );
}

function Line({ name, text, copy, isStrong = false }: { name: string; text: string; copy: string; isStrong?: boolean }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 bg-surface px-4 py-2.5 sm:grid-cols-[6rem_minmax(0,1fr)_auto]">
      <span className="text-muted">{name}</span>
      <code className={`order-1 col-span-full font-mono wrap-anywhere sm:order-none sm:col-span-1 ${isStrong ? "text-sm font-medium" : "text-xs text-muted"}`}>{text}</code>
      <CopyButton text={text} label={copy} />
    </div>
  );
}
