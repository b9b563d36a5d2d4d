// Which events a webhook gets: all, families of them, or one by one, from the catalogue; beside it
// what the event is and what it looks like.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { catalogueQuery, type EventType } from "@/api/event-types";
import { useScope } from "@/scope";
import { Input } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { Loaded } from "@/ui/states";
import { type Choice, choicesOf, firstOf } from "./event-choices";
import { EventDetail } from "./event-detail";
import { useForm } from "./form-state";

/** More rows are found by typing. */
const SHOWN_MAX = 150;

export function EventPicker() {
  const { t } = useTranslation("webhooks");
  const { draft, mistake } = useForm();
  const catalogue = useQuery(catalogueQuery());
  const [looked, setLooked] = useState<string | null>(null);
  const error = mistake("events");
  const errorId = useId();
  const shown = looked ?? (draft.allEvents ? null : (draft.events.at(-1) ?? null));
  return (
    <fieldset className="min-w-0" aria-describedby={error ? errorId : undefined}>
      <legend className="mb-1.5 font-medium">{t("form.event")}</legend>
      {error && (
        <p id={errorId} role="alert" className="mb-1.5 text-bad">
          {error}
        </p>
      )}
      <Loaded query={catalogue}>
        {(types) => (
          <div className="grid gap-3 lg:grid-cols-2">
            <Choices types={types} isWrong={Boolean(error)} onLook={setLooked} />
            <EventDetail name={shown} types={types} />
          </div>
        )}
      </Loaded>
    </fieldset>
  );
}

interface ChoicesProps {
  types: EventType[];
  isWrong: boolean;
  onLook: (name: string) => void;
}

function Choices({ types, isWrong, onLook }: ChoicesProps) {
  const { t } = useTranslation("webhooks");
  const { draft, change } = useForm();
  const { isPortal } = useScope();
  const [search, setSearch] = useState("");
  const groups = choicesOf(types, draft.events, search);
  const { visible, hidden } = firstOf(groups, SHOWN_MAX);
  const toggle = (name: string, isOn: boolean) =>
    change({ events: isOn ? [...draft.events, name] : draft.events.filter((it) => it !== name) });
  return (
    <div className="flex min-w-0 flex-col rounded-lg border border-line-strong/60">
      <div className="border-b border-line p-2">
        <Input
          label={t("form.searchEvents")}
          placeholder={t("form.searchEvents")}
          type="search"
          value={search}
          aria-invalid={isWrong ? true : undefined}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => {
            // Enter would send the form while somebody is still choosing.
            if (event.key === "Enter") event.preventDefault();
          }}
        />
      </div>
      <div className="max-h-80 overflow-y-auto p-1.5">
        {!search && (
          <Row
            label={t("form.allEvents")}
            description={t("form.allEventsHint")}
            checked={draft.allEvents}
            onChange={(allEvents) => change({ allEvents })}
          />
        )}
        {visible.map(
          ({ name, choices }) =>
            choices.length > 0 && (
              <div key={name} role="group" aria-label={name || t("form.otherEvents")}>
                {groups.length > 1 && (
                  <p className="px-2 pt-2.5 pb-1 text-xs font-medium text-muted" aria-hidden="true">
                    {name || t("form.otherEvents")}
                  </p>
                )}
                {choices.map((it) => (
                  <ChoiceRow key={it.name} choice={it} onLook={onLook} onToggle={toggle} />
                ))}
              </div>
            ),
        )}
        {hidden > 0 && <p className="px-2 py-2 text-xs text-muted">{t("form.moreEvents", { count: hidden })}</p>}
        {types.length === 0 && (
          <p className="px-2 py-3 text-muted">
            {t("form.noCatalogue")}{" "}
            {!isPortal && (
              <Link to="/events" className="text-accent underline">
                {t("form.toCatalogue")}
              </Link>
            )}
          </p>
        )}
        {types.length > 0 && groups.length === 0 && <p className="px-2 py-3 text-muted">{t("form.noMatch")}</p>}
      </div>
      {draft.events.length > 1 && !draft.allEvents && (
        <p className="mt-auto border-t border-line px-3 py-2 text-xs text-muted" role="status">
          {t("form.chosen", { count: draft.events.length })}
        </p>
      )}
    </div>
  );
}

interface ChoiceRowProps {
  choice: Choice;
  onLook: (name: string) => void;
  onToggle: (name: string, isOn: boolean) => void;
}

function ChoiceRow({ choice, onLook, onToggle }: ChoiceRowProps) {
  const { t } = useTranslation("webhooks");
  const { draft } = useForm();
  const look = () => choice.kind === "event" && onLook(choice.name);
  const description =
    choice.kind === "family"
      ? t("form.family", { count: choice.count })
      : choice.kind === "unknown"
        ? t("form.unknownEvent")
        : choice.description;
  return (
    <Row
      mono
      label={choice.name}
      description={description}
      checked={draft.allEvents || draft.events.includes(choice.name)}
      disabled={draft.allEvents}
      onLook={look}
      onChange={(isOn) => {
        onToggle(choice.name, isOn);
        if (isOn) look();
      }}
    />
  );
}

interface RowProps {
  label: string;
  description: string;
  checked: boolean;
  disabled?: boolean;
  mono?: boolean;
  onChange: (checked: boolean) => void;
  onLook?: () => void;
}

function Row({ label, description, checked, disabled = false, mono = false, onChange, onLook }: RowProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5 rounded-md px-2 py-1.5 focus-within:bg-sunken hover:bg-sunken">
      <input
        id={id}
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
        checked={checked}
        disabled={disabled}
        aria-describedby={`${id}-about`}
        onFocus={onLook}
        onMouseEnter={onLook}
        onChange={(event) => onChange(event.target.checked)}
      />
      <div className="min-w-0 grow">
        <label htmlFor={id} className={`block wrap-anywhere ${mono ? "font-mono text-xs leading-5" : "font-medium"}`}>
          {label}
        </label>
        <p id={`${id}-about`} className="truncate text-xs text-muted" title={description}>
          {description}
        </p>
      </div>
      {checked && !disabled && <Icon name="check" className="mt-0.5 size-4 text-ok" />}
    </div>
  );
}
