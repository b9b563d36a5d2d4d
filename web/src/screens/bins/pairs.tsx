import { number } from "@/format/format";

interface Props {
  title: string;
  pairs: readonly (readonly string[])[];
  /** Whether something else shows the title already. */
  isUntitled?: boolean;
}

/** Names and values as they were received: in order, and repeated where they were. */
export function Pairs({ title, pairs, isUntitled = false }: Props) {
  return (
    <section className="grid gap-2" aria-label={title}>
      {!isUntitled && (
        <h3 className="font-semibold">
          {title} <span className="font-normal text-muted">{number(pairs.length)}</span>
        </h3>
      )}
      <dl className="overflow-hidden rounded-lg border border-line font-mono text-xs">
        {pairs.map(([name, value], index) => (
          <div key={index} className="grid gap-x-3 gap-y-0.5 border-line px-3 py-1.5 not-last:border-b sm:grid-cols-[minmax(8rem,14rem)_minmax(0,1fr)]">
            <dt className="text-muted wrap-anywhere">{name}</dt>
            <dd className="whitespace-pre-wrap wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
