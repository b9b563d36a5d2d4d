// Fills in what a recipe needs, and makes a webhook of it.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type SyntheticEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { catalogueQuery } from "@/api/event-types";
import { Problem } from "@/api/problem";
import type { Recipe, RecipeField } from "@/api/recipes";
import { addWebhook, webhooksChanged } from "@/api/webhooks";
import { useMistakeWords } from "@/explain/mistake";
import { useScope } from "@/scope";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { AreaField, SelectField, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";

const ALL = "*";

export function RecipeDialog({ recipe, onClose }: { recipe: Recipe; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const { t: common } = useTranslation();
  const { app } = useScope();
  const formId = useId();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const catalogue = useQuery(catalogueQuery());
  const [name, setName] = useState(recipe.name);
  const [values, setValues] = useState<Record<string, string>>({});
  const [chosen, setChosen] = useState<string | null>(null);
  const [isTried, setTried] = useState(false);

  const types = catalogue.data ?? [];
  const suggested = types.some((it) => it.name === recipe.example.eventType) ? recipe.example.eventType : ALL;
  const eventType = chosen ?? suggested;
  const make = useMutation({
    mutationFn: () => {
      const filled = Object.fromEntries(Object.entries(values).filter(([, it]) => it.trim() !== ""));
      return addWebhook(app, {
        recipe: { id: recipe.id, values: filled },
        ...(name.trim() ? { name: name.trim() } : {}),
        eventTypes: eventType === ALL ? null : [eventType],
      });
    },
    onSuccess: async ({ id }) => {
      await webhooksChanged(queries, app);
      await navigate({ to: "/webhooks/$endpointId", params: { endpointId: id }, hash: "new" });
    },
  });

  const words = useMistakeWords();
  const problem = make.isError ? Problem.from(make.error) : null;
  const isMissing = (field: RecipeField) => field.required && !values[field.name]?.trim();
  const errorOf = (field: RecipeField): string | null => {
    if (isTried && isMissing(field)) return common("field.required");
    const said = problem?.fields.find((it) => it.loc.join(".") === `body.recipe.values.${field.name}`);
    if (!said) return null;
    // What its pattern wants is said by the recipe.
    return field.pattern && said.msg.startsWith("must be ") ? t("recipes.pattern", { what: field.pattern.message }) : words(said);
  };
  const hasPlace = recipe.fields.some((it) => errorOf(it));
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    const first = recipe.fields.find(isMissing);
    if (!first) return make.mutate();
    document.getElementById(formId)?.querySelector<HTMLElement>(`[name="${first.name}"]`)?.focus();
  };
  return (
    <Dialog
      title={t("recipes.dialog", { name: recipe.name })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button type="submit" form={formId} look="primary" busy={make.isPending}>
            {t("new.create")}
          </Button>
        </>
      }
    >
      <p className="text-muted">
        {recipe.description} <Documentation href={recipe.documentation} />
      </p>
      <form id={formId} noValidate onSubmit={submit} className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <TextField label={t("form.name")} value={name} onChange={(event) => setName(event.target.value)} />
        <SelectField label={t("form.event")} value={eventType} onChange={(event) => setChosen(event.target.value)}>
          <option value={ALL}>{t("form.allEvents")}</option>
          {types.map((it) => (
            <option key={it.name}>{it.name}</option>
          ))}
        </SelectField>
        {recipe.fields.map((field) => (
          <OneField
            key={field.name}
            field={field}
            value={values[field.name] ?? ""}
            error={errorOf(field)}
            onChange={(value) => {
              setValues((current) => ({ ...current, [field.name]: value }));
              if (problem) make.reset();
            }}
          />
        ))}
      </form>
      {problem && !hasPlace && <ProblemNote problem={problem} />}
    </Dialog>
  );
}

interface OneProps {
  field: RecipeField;
  value: string;
  error: string | null;
  onChange: (value: string) => void;
}

function OneField({ field, value, error, onChange }: OneProps) {
  const { t } = useTranslation("webhooks");
  const isUrl = field.name === "url";
  const common = {
    name: field.name,
    label: field.label,
    hint: field.secret ? `${field.description} ${t("recipes.secret")}` : field.description,
    error,
    optional: !field.required,
    required: field.required,
    value,
    placeholder: field.default ?? field.example ?? undefined,
    spellCheck: false,
  };
  if (field.template) {
    return <AreaField mono rows={3} {...common} onChange={(event) => onChange(event.target.value)} />;
  }
  return (
    <TextField
      type={field.secret && !isUrl ? "password" : "text"}
      autoComplete={field.secret ? "new-password" : "off"}
      {...common}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function Documentation({ href }: { href: string }) {
  const { t } = useTranslation("webhooks");
  if (!/^https?:\/\//.test(href)) return null;
  return (
    <a href={href} target="_blank" rel="noreferrer" className="text-accent underline">
      {t("recipes.documentation")}
    </a>
  );
}
