// Sends a test event now, and shows what went out and what came back, side by side.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { catalogueQuery, eventTypeQuery } from "@/api/event-types";
import { sendTest, type TestResult, type Webhook, webhooksChanged } from "@/api/webhooks";
import { Failure } from "@/explain/failure";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { EditorField } from "@/ui/editor";
import { SelectField, TextField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { Spinner } from "@/ui/spinner";
import { Skeleton } from "@/ui/states";
import { ConsoleView, RequestView, ResponseView } from "../exchange";
import { exampleOf, isWanted } from "../example";
import { jsonMistake } from "../form/check";
import { useMistakeWords } from "../form/form-state";

export function TestDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const { app } = useScope();
  const queries = useQueryClient();
  const words = useMistakeWords();
  const catalogue = useQuery(catalogueQuery());
  const types = (catalogue.data ?? []).filter((it) => isWanted(webhook.eventTypes, it.name));
  const [chosen, setChosen] = useState<string | null>(null);
  const [edited, setEdited] = useState<string | null>(null);

  const eventType = chosen ?? types[0]?.name ?? webhook.eventTypes?.find((it) => !it.endsWith("*")) ?? "";
  const isKnown = types.some((it) => it.name === eventType);
  const full = useQuery({ ...eventTypeQuery(isKnown ? eventType : ""), staleTime: 60_000 });
  const example = full.data && isKnown ? exampleOf(full.data) : null;
  const payload = edited ?? JSON.stringify(example ?? {}, null, 2);
  const mistake = jsonMistake(payload);

  const send = useMutation({
    mutationFn: () => sendTest(app, webhook.id, eventType || null, edited ?? (example ? null : payload)),
    onSettled: () => webhooksChanged(queries, app),
  });
  const choose = (name: string) => {
    setChosen(name);
    setEdited(null);
    send.reset();
  };
  const isReady = !catalogue.isPending && !(isKnown && full.isPending);
  return (
    <Dialog
      wide
      title={t("test.title", { name: webhook.name })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{common("close")}</Button>
          <Button
            look="primary"
            icon={<Icon name="send" className="size-4" />}
            busy={send.isPending}
            disabled={!isReady || mistake !== null}
            onClick={() => send.mutate()}
          >
            {send.isSuccess ? t("test.again") : t("test.now")}
          </Button>
        </>
      }
    >
      {types.length > 0 ? (
        <SelectField label={t("test.event")} value={eventType} onChange={(event) => choose(event.target.value)}>
          {!isKnown && <option>{eventType}</option>}
          {types.map((it) => (
            <option key={it.name}>{it.name}</option>
          ))}
        </SelectField>
      ) : (
        <TextField
          label={t("test.event")}
          placeholder="invoice.paid"
          value={eventType}
          onChange={(event) => choose(event.target.value.trim())}
        />
      )}
      {!isReady && <Skeleton rows={2} />}
      {isReady && (
        <details open={!send.isSuccess && !send.isPending} className="group">
          <summary className="mb-2 text-muted">{t("test.payloadOpen")}</summary>
          <EditorField
            language="json"
            label={t("test.payload")}
            hint={t("test.payloadHint")}
            value={payload}
            error={mistake ? words(mistake) : null}
            onChange={setEdited}
          />
        </details>
      )}
      <div aria-live="polite" className="grid min-w-0 gap-4">
        {send.isPending && (
          <p className="flex items-center gap-2 text-muted">
            <Spinner /> {t("test.sending")}
          </p>
        )}
        {send.isError && <ProblemNote problem={send.error} />}
        {send.isSuccess && <Result result={send.data} />}
      </div>
    </Dialog>
  );
}

function Result({ result }: { result: TestResult }) {
  const { t } = useTranslation("webhooks");
  const { request, response } = result;
  return (
    <>
      <Verdict result={result} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5 md:grid-cols-2">
        <section className="grid min-w-0 content-start gap-3">
          <h3 className="font-semibold">{t("exchange.request")}</h3>
          {request ? <RequestView pretty request={request} /> : <p className="text-muted">{t("test.noRequest")}</p>}
        </section>
        <section className="grid min-w-0 content-start gap-3">
          <h3 className="font-semibold">{t("exchange.response")}</h3>
          {response ? <ResponseView pretty response={response} /> : <p className="text-muted">{t("test.noResponse")}</p>}
        </section>
      </div>
      <ConsoleView lines={result.console} />
    </>
  );
}

/** How it went, in plain words. */
function Verdict({ result: { ok, response, error, skipped } }: { result: TestResult }) {
  const { t } = useTranslation("webhooks");
  if (ok) {
    return (
      <div className="flex gap-3 rounded-lg bg-ok-soft px-4 py-3 text-ok">
        <Icon name="check" />
        <div>
          <p className="font-semibold">{t("test.ok")}</p>
          <p>{t("test.okText", { status: response?.status ?? 200 })}</p>
        </div>
      </div>
    );
  }
  if (skipped) {
    return (
      <div className="rounded-lg bg-warn-soft px-4 py-3 text-warn">
        <p className="font-semibold">{t("test.skipped")}</p>
        <p className="wrap-anywhere">{skipped.message}</p>
      </div>
    );
  }
  return (
    <div className="flex gap-3 rounded-lg border border-bad/40 bg-bad-soft px-4 py-3 text-bad [&_.text-muted]:text-bad">
      <Icon name="warning" />
      <div className="grid min-w-0 gap-1">
        <p className="font-semibold">{t("test.failed")}</p>
        <Failure cause={error?.cause} error={error?.detail} statusCode={response?.status} />
      </div>
    </div>
  );
}
