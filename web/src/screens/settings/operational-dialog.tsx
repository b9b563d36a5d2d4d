import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { changeOperational, createOperational, type OperationalWebhook, operationalQuery } from "@/api/settings";
import { addressMistake } from "@/format/web-address";
import { Checkbox, TextField } from "@/ui/field";
import { toast } from "@/ui/toast";
import { FormDialog } from "./form-dialog";

/** What is announced (docs/operational-webhooks.md), and the key of the text that explains it. */
const EVENTS = {
  "endpoint.created": "endpointCreated",
  "endpoint.updated": "endpointUpdated",
  "endpoint.deleted": "endpointDeleted",
  "endpoint.disabled": "endpointDisabled",
  "endpoint.enabled": "endpointEnabled",
  "message.attempt.failing": "attemptFailing",
  "message.attempt.exhausted": "attemptExhausted",
  "message.attempt.recovered": "attemptRecovered",
} as const;

const NAME_CHARS_MAX = 256;

/** Makes an operational webhook, or changes the one that is given. */
export function OperationalDialog({ webhook, onClose }: { webhook: OperationalWebhook | null; onClose: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const queries = useQueryClient();
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [name, setName] = useState(webhook?.name ?? "");
  const [events, setEvents] = useState<readonly string[]>(webhook?.eventTypes ?? []);
  // Patterns that were chosen through the API stay choices.
  const offered = [...new Set([...Object.keys(EVENTS), ...(webhook?.eventTypes ?? [])])];

  const check = () => {
    const mistake = addressMistake(url);
    return { url: mistake && t(`common:field.${mistake}`) };
  };
  const submit = async () => {
    const chosen = { url: url.trim(), eventTypes: events.length > 0 ? [...events] : null };
    // Without a name it is called as its host.
    const body = name.trim() ? { ...chosen, name: name.trim() } : chosen;
    await (webhook ? changeOperational(webhook, body) : createOperational(body));
    await queries.invalidateQueries({ queryKey: operationalQuery.queryKey });
    toast(webhook ? t("saved") : t("operational.added"));
    onClose();
  };
  return (
    <FormDialog
      title={webhook ? t("operational.editTitle") : t("operational.add")}
      action={webhook ? t("common:save") : t("common:add")}
      check={check}
      onSubmit={submit}
      onClose={onClose}
    >
      {(mistakeOf) => (
        <>
          <TextField
            label={t("operational.url")}
            name="url"
            type="url"
            placeholder="https://"
            value={url}
            onChange={(event) => setUrl(event.target.value)}
            error={mistakeOf("url")}
          />
          <TextField
            optional
            label={t("operational.name")}
            name="name"
            maxLength={NAME_CHARS_MAX}
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={mistakeOf("name")}
          />
          <fieldset className="grid gap-2.5">
            <legend className="mb-1.5 font-medium">{t("operational.events")}</legend>
            <p className="text-xs text-muted">{t("operational.eventsHint")}</p>
            {offered.map((event) => (
              <Checkbox
                key={event}
                label={<code className="font-mono text-xs">{event}</code>}
                hint={event in EVENTS ? t(`operational.event.${EVENTS[event as keyof typeof EVENTS]}`) : undefined}
                checked={events.includes(event)}
                onChange={(isOn) => setEvents(isOn ? [...events, event] : events.filter((it) => it !== event))}
              />
            ))}
          </fieldset>
        </>
      )}
    </FormDialog>
  );
}
