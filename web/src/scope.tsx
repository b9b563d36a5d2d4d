// Within what a screen works: one application, what the person may do there, and where the
// screen's links lead. Dashboard and portal share screens; this is what differs.

import { createContext, type ReactNode, useContext } from "react";

/** What a portal token may allow; a person of the organization has all of it. */
export type Capability =
  | "ViewBase"
  | "ViewEndpointSecret"
  | "ManageEndpointSecret"
  | "ManageTransformations"
  | "CreateAttempts"
  | "ManageEndpoint";

export interface Scope {
  /** The application's id or uid, as paths of the API take it. */
  app: string;
  /** Whether this is the portal of one application. */
  isPortal: boolean;
  can: (capability: Capability) => boolean;
}

const ScopeContext = createContext<Scope | null>(null);

export function ScopeProvider({ scope, children }: { scope: Scope; children: ReactNode }) {
  return <ScopeContext value={scope}>{children}</ScopeContext>;
}

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (!scope) throw new Error("a screen outside of a scope");
  return scope;
}
