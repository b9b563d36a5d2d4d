import { createLink } from "@tanstack/react-router";
import type { ComponentProps } from "react";
import { Icon } from "./icon";

function Anchor({ children, ...rest }: ComponentProps<"a">) {
  return (
    <a {...rest} className="inline-flex w-fit max-w-full items-center gap-1 text-muted hover:text-ink">
      <Icon name="chevron" className="size-4 rotate-180" />
      <span className="truncate">{children}</span>
    </a>
  );
}

/** The way back, above the title of a screen. */
export const BackLink = createLink(Anchor);
