// Signing in: with the link that the server printed, whose token is in the page's fragment and so in
// no log, or by entering a token or an API key.

import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { sessionQuery, signIn } from "@/api/session";
import { Logo } from "@/shell/logo";
import { Preferences } from "@/shell/preferences";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { Spinner } from "@/ui/spinner";

const route = getRouteApi("/sign-in");

/** The token of the link, which is taken out of the address at once. */
function takeToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}

/** Where to go on, within these pages only. */
function isOurs(path: string | undefined): path is string {
  return path !== undefined && /^\/(?![/\\])/.test(path);
}

export function SignIn() {
  const { t } = useTranslation("signin");
  const { to } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const [token, setToken] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isTaken = useRef(false);

  const enter = async (secret: string) => {
    setBusy(true);
    setProblem(null);
    try {
      const session = await signIn(secret);
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      router.history.replace(isOurs(to) ? to : "/");
    } catch (error) {
      setProblem(Problem.from(error));
      setBusy(false);
    }
  };

  useEffect(() => {
    document.title = `${t("title")} · Hookwire`;
    if (isTaken.current) return;
    isTaken.current = true;
    const linked = takeToken();
    // Later than this effect, which only looks at the address.
    if (linked) queueMicrotask(() => void enter(linked));
  });

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const entered = token.trim();
    if (entered) void enter(entered);
  };

  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="grid w-full max-w-sm gap-6">
        <div className="flex items-center gap-3">
          <Logo className="size-9" />
          <h1 className="grow text-xl font-semibold tracking-tight">{t("title")}</h1>
          <Preferences />
        </div>
        <form onSubmit={submit} className="grid gap-4 rounded-box border border-line bg-surface p-5 shadow-box">
          {isBusy && !token ? (
            <p role="status" className="flex items-center gap-2">
              <Spinner /> {t("busy")}
            </p>
          ) : (
            <>
              <TextField
                label={t("token")}
                hint={t("tokenHint")}
                type="password"
                autoComplete="current-password"
                required
                value={token}
                onChange={(event) => setToken(event.target.value)}
                error={problem?.kind === "signedOut" ? t("refused") : null}
              />
              <Button type="submit" look="primary" busy={isBusy}>
                {t("enter")}
              </Button>
            </>
          )}
          {problem && problem.kind !== "signedOut" && <ProblemNote problem={problem} />}
        </form>
        <p className="text-muted">
          {t("how")} <code className="rounded bg-sunken px-1.5 py-0.5 font-mono text-xs whitespace-nowrap">hookwire sign-in</code>
        </p>
      </div>
    </main>
  );
}
