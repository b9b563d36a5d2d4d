// Request bins and what they received.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { CaptureFilter } from "./capture-filter";
import { api, data, type Schemas } from "./client";

export type Bin = Schemas["BinOut"];
export type BinPatch = Schemas["BinPatch"];
export type Capture = Schemas["CaptureOut"];
export type CaptureDetail = Schemas["CaptureDetailOut"];
export type CaptureBody = Schemas["CaptureBody"];
export type CapturePage = Schemas["ListResponseCaptureOut"];
export type Replayed = Schemas["ReplayOut"];
export type ShareLink = Schemas["ShareOut"];

/** What somebody may do with a bin beyond looking at it. */
export interface BinRights {
  /** Its settings, its links, deleting what is in it, answering senders. */
  change: boolean;
  /** Having what it received sent to somebody else. */
  send: boolean;
}

/** Rows of the list: each asks for its bin's latest request. */
const PAGE_BINS = 25;
/** A stream does not say what became of its bin. */
const LOOK_EVERY_MS = 15_000;

export const binsQuery = infiniteQueryOptions({
  queryKey: ["bins", "list"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam }) => data(api.GET("/api/v1/bin", { params: { query: { limit: PAGE_BINS, iterator: pageParam } } })),
  getNextPageParam: (page) => (page.done ? undefined : (page.iterator ?? undefined)),
});

export function binQuery(id: string) {
  return queryOptions({
    queryKey: ["bins", "one", id],
    refetchInterval: LOOK_EVERY_MS,
    queryFn: () => data(api.GET("/api/v1/bin/{bin_id}", { params: { path: { bin_id: id } } })),
  });
}

/** The latest request of a bin; `null` where there is none. */
export function latestQuery(id: string) {
  return queryOptions({
    queryKey: ["bins", "latest", id],
    queryFn: async () => {
      const path = { bin_id: id };
      const page = await data(api.GET("/api/v1/bin/{bin_id}/request", { params: { path, query: { limit: 1 } } }));
      return page.data[0] ?? null;
    },
  });
}

export function captureQuery(binId: string, id: string) {
  return queryOptions({
    queryKey: ["bins", "capture", binId, id],
    // What was received does not change; only its answer is awaited.
    staleTime: Infinity,
    gcTime: 60_000,
    queryFn: () => data(api.GET("/api/v1/bin/{bin_id}/request/{request_id}", { params: { path: pathOf(binId, id) } })),
  });
}

/** The bytes of a body. */
export function bytesQuery(binId: string, id: string) {
  return queryOptions({
    queryKey: ["bins", "bytes", binId, id],
    staleTime: Infinity,
    gcTime: 10_000,
    queryFn: async () => new Uint8Array(await (await captureBytes(binId, id)).arrayBuffer()),
  });
}

function pathOf(binId: string, id: string) {
  return { bin_id: binId, request_id: id };
}

export function createBin(): Promise<Bin> {
  return data(api.POST("/api/v1/bin", { body: {} }));
}

/** A bin of somebody without an account, with the token that reaches it. */
export function createPublicBin(): Promise<Schemas["NewPublicBinOut"]> {
  return data(api.POST("/api/v1/public-bin", { body: {} }));
}

export function changeBin(id: string, patch: BinPatch): Promise<Bin> {
  return data(api.PATCH("/api/v1/bin/{bin_id}", { params: { path: { bin_id: id } }, body: patch }));
}

export async function deleteBin(id: string): Promise<void> {
  await api.DELETE("/api/v1/bin/{bin_id}", { params: { path: { bin_id: id } } });
}

/** Deletes all that a bin has received so far. */
export async function clearBin(id: string): Promise<void> {
  await api.DELETE("/api/v1/bin/{bin_id}/request", { params: { path: { bin_id: id } } });
}

export function shareBin(id: string, expiresInSeconds: number): Promise<ShareLink> {
  return data(api.POST("/api/v1/bin/{bin_id}/share", { params: { path: { bin_id: id } }, body: { expiresInSeconds } }));
}

/** Ends all links to a bin. */
export async function unshareBin(id: string): Promise<void> {
  await api.DELETE("/api/v1/bin/{bin_id}/share", { params: { path: { bin_id: id } } });
}

export async function deleteCapture(binId: string, id: string): Promise<void> {
  await api.DELETE("/api/v1/bin/{bin_id}/request/{request_id}", { params: { path: pathOf(binId, id) } });
}

export async function captureBytes(binId: string, id: string): Promise<Blob> {
  const params = { path: pathOf(binId, id) };
  const { data: blob } = await api.GET("/api/v1/bin/{bin_id}/request/{request_id}/body", { params, parseAs: "blob" });
  return blob as Blob;
}

export function replayCapture(binId: string, id: string, to: Schemas["ReplayIn"]): Promise<Replayed> {
  return data(
    api.POST("/api/v1/bin/{bin_id}/request/{request_id}/replay", { params: { path: pathOf(binId, id) }, body: to }),
  );
}

/** Answers a sender who waits. */
export async function answerSender(binId: string, id: string, answer: Schemas["AnswerIn"]): Promise<void> {
  await api.POST("/api/v1/bin/{bin_id}/request/{request_id}/answer", { params: { path: pathOf(binId, id) }, body: answer });
}

function queryOf({ text, method, verified, duplicate }: CaptureFilter) {
  return {
    text: text || undefined,
    method: method || undefined,
    verified: verified || undefined,
    duplicate: duplicate || undefined,
  };
}

export function capturePage(id: string, filter: CaptureFilter, iterator: string | null, limit: number): Promise<CapturePage> {
  const query = { ...queryOf(filter), limit, iterator: iterator ?? undefined };
  return data(api.GET("/api/v1/bin/{bin_id}/request", { params: { path: { bin_id: id }, query } }));
}

/** An HTTP archive of what the filter finds. */
export async function archive(id: string, filter: CaptureFilter): Promise<Blob> {
  const params = { path: { bin_id: id }, query: queryOf(filter) };
  const { data: blob } = await api.GET("/api/v1/bin/{bin_id}/har", { params, parseAs: "blob" });
  return blob as Blob;
}
