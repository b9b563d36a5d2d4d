import { useQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { catalogueQuery } from "@/api/event-types";
import { Button, IconButton } from "@/ui/button";
import { Field, Input, Select, TextField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { filterCount, localOf, type MessageFilter, momentOf, SPANS, type Span, STATUSES } from "./filter";

const STATUS_WORDS = { 0: "success", 1: "pending", 2: "fail", 4: "canceled" } as const;

interface Props {
  filter: MessageFilter;
  onChange: (filter: MessageFilter) => void;
}

/** The search, and filters that unfold. */
export function FilterBar({ filter, onChange }: Props) {
  const { t } = useTranslation("messages");
  const count = filterCount(filter);
  const [isOpen, setOpen] = useState(count > 0);
  const panel = useId();
  return (
    <search className="grid gap-3">
      <div className="flex flex-wrap gap-2">
        <SearchById key={filter.q} filter={filter} onChange={onChange} />
        <Button aria-expanded={isOpen} aria-controls={panel} onClick={() => setOpen(!isOpen)}>
          {count > 0 ? t("filter.openCount", { count }) : t("filter.open")}
          <Icon name="down" className={`size-4 transition-transform ${isOpen ? "rotate-180" : ""}`} />
        </Button>
        {count > 0 && (
          <Button look="quiet" onClick={() => onChange(filter.q ? { q: filter.q } : {})}>
            {t("filter.clear")}
          </Button>
        )}
      </div>
      <div id={panel} hidden={!isOpen}>
        {isOpen && <Filters filter={filter} onChange={onChange} />}
      </div>
    </search>
  );
}

function SearchById({ filter, onChange }: Props) {
  const { t } = useTranslation("messages");
  const { t: tc } = useTranslation();
  const [text, setText] = useState(filter.q ?? "");
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onChange({ ...filter, q: text.trim() || undefined });
  };
  return (
    <form onSubmit={submit} className="flex min-w-0 grow basis-64 gap-1">
      <Input
        type="search"
        label={t("filter.search")}
        placeholder={t("filter.search")}
        value={text}
        className="min-w-0"
        onChange={(event) => {
          setText(event.target.value);
          // The cross in the field empties it without a submit.
          if (event.target.value === "" && filter.q) onChange({ ...filter, q: undefined });
        }}
      />
      <IconButton type="submit" label={tc("search")} className="border border-line bg-surface">
        <Icon name="search" className="size-4" />
      </IconButton>
    </form>
  );
}

function Filters({ filter, onChange }: Props) {
  const { t } = useTranslation("messages");
  const { t: tc } = useTranslation();
  const span = filter.last ?? (filter.after || filter.before ? "between" : "");
  const [isBetween, setBetween] = useState(span === "between");
  const chooseSpan = (value: string) => {
    setBetween(value === "between");
    const last = value in SPANS ? (value as Span) : undefined;
    onChange({ ...filter, after: undefined, before: undefined, last });
  };
  return (
    <div className="grid gap-3 rounded-box border border-line bg-surface p-4 sm:grid-cols-2 lg:grid-cols-3">
      <EventTypeFilter filter={filter} onChange={onChange} />
      <Field label={t("filter.status")}>
        {(tied) => (
          <Select
            {...tied}
            label={t("filter.status")}
            className="min-h-10 w-full"
            value={filter.status ?? ""}
            onChange={({ target }) =>
              onChange({ ...filter, status: STATUSES.find((it) => String(it) === target.value) })
            }
          >
            <option value="">{t("filter.anyStatus")}</option>
            {STATUSES.map((it) => (
              <option key={it} value={it}>
                {tc(`status.${STATUS_WORDS[it]}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t("filter.time")}>
        {(tied) => (
          <Select
            {...tied}
            label={t("filter.time")}
            className="min-h-10 w-full"
            value={isBetween ? "between" : span}
            onChange={({ target }) => chooseSpan(target.value)}
          >
            <option value="">{t("filter.anyTime")}</option>
            <option value="hour">{t("filter.hour")}</option>
            <option value="day">{t("filter.day")}</option>
            <option value="week">{t("filter.week")}</option>
            <option value="between">{t("filter.between")}</option>
          </Select>
        )}
      </Field>
      <LateText name="tag" filter={filter} onChange={onChange} />
      <LateText name="channel" filter={filter} onChange={onChange} />
      {isBetween && (
        <div className="grid gap-3 sm:col-span-2 sm:grid-cols-2 lg:col-span-3">
          {(["after", "before"] as const).map((name) => (
            <TextField
              key={name}
              type="datetime-local"
              label={t(`filter.${name}`)}
              value={localOf(filter[name])}
              onChange={({ target }) => onChange({ ...filter, last: undefined, [name]: momentOf(target.value) })}
            />
          ))}
        </div>
      )}
    </div>
  );
}

function EventTypeFilter({ filter, onChange }: Props) {
  const { t } = useTranslation("messages");
  const catalogue = useQuery(catalogueQuery());
  const names = catalogue.data?.map(({ name }) => name) ?? [];
  return <LateText name="type" filter={filter} onChange={onChange} suggestions={names} hint={t("filter.typeHint")} />;
}

interface LateProps extends Props {
  name: "tag" | "channel" | "type";
  suggestions?: string[];
  hint?: string;
}

/** A text that counts when it is complete: with Enter, when one leaves it, or when a suggestion is
    taken. */
function LateText({ name, filter, onChange, suggestions, hint }: LateProps) {
  const { t } = useTranslation("messages");
  const list = useId();
  const kept = filter[name] ?? "";
  const [draft, setDraft] = useState<string | null>(null);
  const take = (text: string) => {
    setDraft(null);
    if (text.trim() !== kept) onChange({ ...filter, [name]: text.trim() || undefined });
  };
  return (
    <>
      <TextField
        label={t(`filter.${name}`)}
        hint={hint}
        list={suggestions ? list : undefined}
        spellCheck={false}
        value={draft ?? kept}
        onChange={({ target }) => {
          if (suggestions?.includes(target.value)) take(target.value);
          else setDraft(target.value);
        }}
        onBlur={({ target }) => take(target.value)}
        onKeyDown={({ key, currentTarget }) => {
          if (key === "Enter") take(currentTarget.value);
        }}
      />
      {suggestions && (
        <datalist id={list}>
          {suggestions.map((it) => (
            <option key={it} value={it} />
          ))}
        </datalist>
      )}
    </>
  );
}
