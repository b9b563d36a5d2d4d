// A webhook by name, URL and event, with everything filled in already.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SubmitEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data } from "@/api/client";
import { catalogueQuery, type EventType } from "@/api/event-types";
import { Problem } from "@/api/problem";
import { type Webhook, webhooksChanged } from "@/api/webhooks";
import { useFieldWords } from "@/explain/mistake";
import { addressMistake } from "@/format/web-address";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { SelectField, TextField } from "@/ui/field";
import { Facts } from "@/ui/page";
import { ProblemNote } from "@/ui/problem-note";
import { Loaded, Skeleton } from "@/ui/states";
import { addEvent, isEventName, proposed } from "./event-choice";
import type { Made, Target } from "./onboarding";
import { Step } from "./step";

const NAME_CHARS_MAX = 256;

interface Props {
  target: Target | null;
  made: Made | null;
  onMade: (made: Made) => void;
}

export function WebhookStep({ target, made, onMade }: Props) {
  const { t } = useTranslation("onboarding");
  const catalogue = useQuery({ ...catalogueQuery(), enabled: target !== null });
  const state = made ? "done" : target ? "current" : "waiting";
  return (
    <Step number={2} title={t("webhook.title")} text={t("webhook.text")} state={state}>
      {made ? (
        <Facts
          facts={[
            [t("webhook.name"), made.webhook.name],
            [t("webhook.url"), <code key="url" className="font-mono text-xs">{made.webhook.url}</code>],
            [t("webhook.event"), <code key="event" className="font-mono text-xs">{made.eventType}</code>],
          ]}
        />
      ) : (
        target && (
          <Loaded query={catalogue} waiting={<Skeleton rows={3} />}>
            {(types) => <Form key={target.url} target={target} types={types} onMade={onMade} />}
          </Loaded>
        )
      )}
    </Step>
  );
}

function Form({ target, types, onMade }: { target: Target; types: EventType[]; onMade: (made: Made) => void }) {
  const { t } = useTranslation(["onboarding", "common"]);
  const { app } = useScope();
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [name, setName] = useState(() => t("webhook.proposedName"));
  const [url, setUrl] = useState(target.url);
  const [event, setEvent] = useState(() => proposed(types));
  const [isChecked, setChecked] = useState(false);

  const making = useMutation({
    mutationFn: async (): Promise<Webhook> => {
      if (types.length === 0) await addEvent(event, t("webhook.eventDescription"));
      const body = { name: name.trim(), url: url.trim(), eventTypes: [event] };
      return data(api.POST("/api/v1/app/{app_id}/endpoint", { params: { path: { app_id: app } }, body }));
    },
    onSuccess: async (webhook) => {
      onMade({ webhook, eventType: event });
      await Promise.all([
        webhooksChanged(queries, app),
        queries.invalidateQueries({ queryKey: ["event-types"] }),
        queries.invalidateQueries({ queryKey: ["applications"] }),
      ]);
    },
  });

  const refused = making.isError ? Problem.from(making.error) : null;
  const words = useFieldWords(refused);
  const address = addressMistake(url);
  const mistakes = isChecked && {
    name: name.trim() ? null : t("common:field.required"),
    url: address && t(`common:field.${address}`),
    event: isEventName(event) ? null : t("webhook.eventMistake"),
  };
  const submit = (submitted: SubmitEvent) => {
    submitted.preventDefault();
    setChecked(true);
    const [wrong] = [!name.trim() && "name", address && "url", !isEventName(event) && "event"].filter(Boolean);
    if (wrong) form.current?.querySelector<HTMLElement>(`[name=${wrong}]`)?.focus();
    else making.mutate();
  };

  return (
    <form ref={form} noValidate onSubmit={submit} className="grid gap-4">
      <TextField
        label={t("webhook.name")}
        name="name"
        maxLength={NAME_CHARS_MAX}
        value={name}
        onChange={(change) => setName(change.target.value)}
        error={mistakes ? mistakes.name : words("name")}
      />
      <TextField
        label={t("webhook.url")}
        name="url"
        type="url"
        value={url}
        onChange={(change) => setUrl(change.target.value)}
        error={(mistakes ? mistakes.url : null) ?? words("url")}
      />
      {types.length > 0 ? (
        <SelectField label={t("webhook.event")} name="event" value={event} onChange={(change) => setEvent(change.target.value)}>
          {types.map((type) => (
            <option key={type.name} value={type.name}>
              {type.name}
            </option>
          ))}
        </SelectField>
      ) : (
        <TextField
          label={t("webhook.event")}
          hint={t("webhook.eventHint")}
          name="event"
          value={event}
          onChange={(change) => setEvent(change.target.value)}
          error={mistakes ? mistakes.event : null}
        />
      )}
      {refused && refused.fields.length === 0 && <ProblemNote problem={refused} />}
      <Button type="submit" look="primary" className="justify-self-start" busy={making.isPending}>
        {t("webhook.make")}
      </Button>
    </form>
  );
}
