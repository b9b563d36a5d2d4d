// Says when the server does not answer, and looks by itself whether it does again: then everything
// that is shown is asked for once more.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { Icon } from "@/ui/icon";
import { toast } from "@/ui/toast";

const ASK_AGAIN_MS = 2_000;

async function ping(): Promise<void> {
  const response = await fetch("/api/v1/health/ping", { cache: "no-store" }).catch((error: unknown) => {
    throw Problem.offline(error);
  });
  if (!response.ok) throw await Problem.of(response);
}

export function Connection() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [isLost, setLost] = useState(false);

  useEffect(() => {
    const lose = () => setLost(true);
    const unsubscribe = [
      queries.getQueryCache().subscribe((event) => {
        // Only what failed now: the others are told of with the failures that they had before, too.
        if (event.type !== "updated" || !("error" in event.action)) return;
        if (Problem.from(event.action.error).kind === "offline") lose();
      }),
      queries.getMutationCache().subscribe(({ mutation }) => {
        if (mutation?.state.error && Problem.from(mutation.state.error).kind === "offline") lose();
      }),
    ];
    addEventListener("offline", lose);
    return () => {
      for (const end of unsubscribe) end();
      removeEventListener("offline", lose);
    };
  }, [queries]);

  useQuery({
    queryKey: ["ping"],
    queryFn: async () => {
      await ping();
      setLost(false);
      toast(t("problem.reconnected"));
      await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "ping" });
      return true;
    },
    enabled: isLost,
    retry: true,
    retryDelay: ASK_AGAIN_MS,
    staleTime: 0,
    gcTime: 0,
  });

  if (!isLost) return null;
  return (
    <p role="status" className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-2 text-warn">
      <Icon name="offline" className="size-4" />
      {t("problem.offline")}
    </p>
  );
}
