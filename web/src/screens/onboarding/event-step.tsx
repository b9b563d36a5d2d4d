// An event is sent as any program would send it, and watched until it has arrived.

import { useMutation, useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, data, type Schemas } from "@/api/client";
import { eventTypeQuery } from "@/api/event-types";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { AreaField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { ProblemNote } from "@/ui/problem-note";
import { Skeleton } from "@/ui/states";
import { Arrival } from "./arrival";
import { firstPayload } from "./event-choice";
import type { Made, Target } from "./onboarding";
import { Step } from "./step";

type Message = Schemas["MessageOut"];

export function EventStep({ target, made }: { target: Target | null; made: Made | null }) {
  const { t } = useTranslation("onboarding");
  const [message, setMessage] = useState<Message | null>(null);
  const [isArrived, setArrived] = useState(false);
  const state = isArrived ? "done" : made ? "current" : "waiting";
  return (
    <Step number={3} title={t("event.title")} text={t("event.text")} state={state}>
      {made && !message && <Send made={made} onSent={setMessage} />}
      {made && message && (
        <Arrival made={made} bin={target?.bin ?? null} messageId={message.id} onArrived={() => setArrived(true)} />
      )}
      {made && message && !isArrived && (
        <Button look="quiet" className="justify-self-start" onClick={() => setMessage(null)}>
          {t("event.again")}
        </Button>
      )}
    </Step>
  );
}

function Send({ made, onSent }: { made: Made; onSent: (message: Message) => void }) {
  const type = useQuery(eventTypeQuery(made.eventType));
  if (type.isPending) return <Skeleton rows={2} />;
  return <Form made={made} proposal={firstPayload(type.data)} onSent={onSent} />;
}

interface FormProps {
  made: Made;
  proposal: string;
  onSent: (message: Message) => void;
}

function Form({ made, proposal, onSent }: FormProps) {
  const { t } = useTranslation(["onboarding", "common"]);
  const { app } = useScope();
  const [payload, setPayload] = useState(proposal);
  const [mistake, setMistake] = useState<string | null>(null);
  const sending = useMutation({
    mutationFn: (value: Schemas["MessageIn"]["payload"]) => {
      const body = { eventType: made.eventType, payload: value };
      return data(api.POST("/api/v1/app/{app_id}/msg", { params: { path: { app_id: app } }, body }));
    },
    onSuccess: onSent,
  });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const read = readObject(payload);
    setMistake("reason" in read ? t("common:field.json", { reason: read.reason || t("event.object") }) : null);
    if ("reason" in read) event.currentTarget.querySelector("textarea")?.focus();
    else sending.mutate(read.value);
  };
  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <AreaField
        mono
        rows={Math.min(payload.split("\n").length + 1, 12)}
        spellCheck={false}
        label={t("event.payload")}
        hint={t("event.payloadHint", { name: made.eventType })}
        value={payload}
        onChange={(event) => setPayload(event.target.value)}
        error={mistake}
      />
      {sending.isError && <ProblemNote problem={sending.error} />}
      <Button
        type="submit"
        look="primary"
        className="justify-self-start"
        icon={<Icon name="send" className="size-4" />}
        busy={sending.isPending}
      >
        {t("event.send")}
      </Button>
    </form>
  );
}

/** A JSON object, or why a text is none; an empty reason where it is JSON of another kind. */
function readObject(text: string): { value: Schemas["MessageIn"]["payload"] } | { reason: string } {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { value: value as Schemas["MessageIn"]["payload"] } : { reason: "" };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
