// What would be sent, exactly, while the webhook is being written. Nothing is sent.

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { catalogueQuery } from "@/api/event-types";
import { Problem } from "@/api/problem";
import { preview } from "@/api/webhooks";
import { useScope } from "@/scope";
import { Badge } from "@/ui/badge";
import { AreaField, SelectField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { isWanted } from "../example";
import { ConsoleView, RequestView } from "../exchange";
import { check, jsonMistake, mistakesOf } from "./check";
import { useForm, useMistakeWords } from "./form-state";
import { previewOf } from "./input";
import { useSettled } from "./use-settled";

const SETTLE_MS = 350;

export function Preview() {
  const { t } = useTranslation("webhooks");
  const { draft, before, endpointId } = useForm();
  const words = useMistakeWords();
  const { app, can } = useScope();
  const catalogue = useQuery(catalogueQuery());
  const [chosen, setChosen] = useState("");
  const [payload, setPayload] = useState("");

  const wanted = draft.allEvents ? null : draft.events;
  const types = (catalogue.data ?? []).filter((it) => isWanted(wanted, it.name));
  const eventType = types.some((it) => it.name === chosen) ? chosen : (types[0]?.name ?? "");
  const payloadMistake = payload.trim() ? jsonMistake(payload) : null;
  const found = check(draft);
  const isReady = !found.url && !found["body.fields"] && !payloadMistake;

  const question = isReady
    ? questionOf(payload.trim() || (eventType ? null : "{}"), {
        appId: app,
        ...(endpointId ? { endpointId } : {}),
        endpoint: previewOf(draft, before, endpointId === null),
        ...(eventType ? { eventType } : {}),
      })
    : "";
  const asked = useSettled(question, SETTLE_MS);
  const answer = useQuery({
    queryKey: ["preview", asked],
    enabled: asked !== "" && can("ManageEndpoint"),
    retry: false,
    gcTime: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => preview(asked, signal),
  });

  const problem = answer.isError ? Problem.from(answer.error) : null;
  const mistakes = problem ? Object.values(mistakesOf(problem.fields, draft)) : [];
  return (
    <section aria-label={t("preview.title")} className="grid min-w-0 content-start gap-4 rounded-box border border-line bg-surface p-4">
      <div className="grid gap-1">
        <h2 className="font-semibold">{t("preview.title")}</h2>
        <p className="text-xs text-muted">{t("preview.hint")}</p>
      </div>
      {types.length > 0 && (
        <SelectField label={t("preview.event")} value={eventType} onChange={(event) => setChosen(event.target.value)}>
          {types.map((it) => (
            <option key={it.name}>{it.name}</option>
          ))}
        </SelectField>
      )}
      <details>
        <summary className="text-muted">{t("preview.ownPayload")}</summary>
        <AreaField
          mono
          label={t("preview.payload")}
          hint={t("preview.payloadHint")}
          value={payload}
          placeholder="{}"
          spellCheck={false}
          error={payloadMistake ? words(payloadMistake) : null}
          onChange={(event) => setPayload(event.target.value)}
          className="mt-2"
        />
      </details>
      <div aria-live="polite" className="grid min-w-0 gap-4">
        {!isReady && <p className="text-muted">{t(found.url ? "preview.needsUrl" : "preview.needsJson")}</p>}
        {isReady && problem && mistakes.length === 0 && <ProblemNote problem={problem} />}
        {isReady &&
          mistakes.map((it, index) => (
            <p key={index} className="rounded-lg bg-bad-soft px-3 py-2 text-bad wrap-anywhere">
              {words(it)}
            </p>
          ))}
        {isReady && !problem && answer.data && <Outcome outcome={answer.data} />}
      </div>
    </section>
  );
}

/** The question as JSON, with the payload as it was written. */
function questionOf(payload: string | null, rest: object): string {
  const text = JSON.stringify(rest);
  return payload ? `${text.slice(0, -1)},"payload":${payload}}` : text;
}

function Outcome({ outcome }: { outcome: Schemas["PreviewOut"] }) {
  const { t } = useTranslation("webhooks");
  const { matched, filterError, skipped, error, request, console } = outcome;
  return (
    <>
      {matched === false && (
        <p>
          <Badge tone="warn">{t("preview.unmatched")}</Badge>
        </p>
      )}
      {filterError && <Note tone="bad" title={t("preview.filterError")} text={filterError} />}
      {skipped && <Note tone="warn" title={t("preview.skipped")} text={skipped.message} />}
      {error && <Note tone="bad" title={t("preview.failed")} text={error.message} />}
      {request && <RequestView request={request} />}
      <ConsoleView lines={console} />
    </>
  );
}

function Note({ tone, title, text }: { tone: "bad" | "warn"; title: string; text: string }) {
  const colours = tone === "bad" ? "bg-bad-soft text-bad" : "bg-warn-soft text-warn";
  return (
    <div className={`rounded-lg px-3 py-2 ${colours}`}>
      <p className="font-medium">{title}</p>
      <p className="text-xs wrap-anywhere">{text}</p>
    </div>
  );
}
